import { describe, expect, it } from 'vitest'

import { anAdminLab } from '@/testing/classroom'

import { inOrder, moved } from './labOrder'

describe('the order of labs', () => {
  it('is by position, then by name', () => {
    const labs = [
      anAdminLab({ slug: 'b', position: 1 }),
      anAdminLab({ slug: 'a', position: 1 }),
      anAdminLab({ slug: 'c', position: 0 }),
    ]
    expect(inOrder(labs).map(({ slug }) => slug)).toEqual(['c', 'a', 'b'])
  })

  it.each([
    [0, 2, ['b', 'c', 'a']],
    [2, 0, ['c', 'a', 'b']],
    [1, 1, ['a', 'b', 'c']],
    [7, 0, ['a', 'b', 'c']],
  ])('changes from %i to %i', (from, to, expected) => {
    expect(moved(['a', 'b', 'c'], from, to)).toEqual(expected)
  })
})

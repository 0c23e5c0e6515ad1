import { describe, expect, it } from 'vitest'

import { names, viewingMoment } from './viewing'

const asked = { by: 'Grace', at: '2026-11-21T10:00:00Z' }
const off = { mode: 'off', watching: [] } as const

describe('whether somebody may see the terminal', () => {
  it('is asked once, and not again after a refusal', () => {
    expect(viewingMoment({ policy: 'ask', asked }, off)).toEqual({ kind: 'asked', by: 'Grace' })
    expect(viewingMoment({ policy: 'ask', asked, answer: 'refused' }, off).kind).toBe('nothing')
  })

  it('is on when the machine says so, whatever the page thought it was', () => {
    const machine = { mode: 'write', watching: ['Grace'] } as const
    expect(viewingMoment({ policy: 'ask', asked }, machine)).toMatchObject({ kind: 'on', mode: 'write' })
    expect(viewingMoment(null, machine).kind).toBe('on')
  })

  it('is asked again when the machine has forgotten what was allowed', () => {
    expect(viewingMoment({ policy: 'ask', asked, answer: 'allowed' }, off).kind).toBe('asked')
    expect(viewingMoment({ policy: 'ask', asked, answer: 'allowed' }, null).kind).toBe('nothing')
  })

  it("needs no question where the class's policy is open, and is told while somebody looks", () => {
    const open = { policy: 'open', asked } as const
    expect(viewingMoment(open, { mode: 'read', watching: [] }).kind).toBe('nothing')
    expect(viewingMoment(open, { mode: 'read', watching: ['Grace'] })).toMatchObject({
      kind: 'on',
      byPolicy: true,
    })
  })
})

it('names who is watching', () => {
  expect(names(['Grace'])).toBe('Grace')
  expect(names(['Grace', 'Lin'])).toBe('Grace and Lin')
  expect(names(['Grace', 'Lin', 'Ada', 'Joan'])).toBe('Grace, Lin and 2 others')
})

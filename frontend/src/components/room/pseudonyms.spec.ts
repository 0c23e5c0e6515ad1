import { describe, expect, it } from 'vitest'

import { SeatNumbers } from './pseudonyms'

function book() {
  const pages = new Map<string, string>()
  return {
    getItem: (key: string) => pages.get(key) ?? null,
    setItem: (key: string, value: string) => void pages.set(key, value),
  }
}

describe('seat numbers', () => {
  it('stay with their people when others come and go, and after a reload', () => {
    const storage = book()
    const numbers = new SeatNumbers('cls_1', storage)
    numbers.assign(['mem_c', 'mem_a'])
    numbers.assign(['mem_b', 'mem_c'])
    expect([numbers.of('mem_a'), numbers.of('mem_c'), numbers.of('mem_b')]).toEqual([
      'Seat 01',
      'Seat 02',
      'Seat 03',
    ])
    const reloaded = new SeatNumbers('cls_1', storage)
    reloaded.assign(['mem_0', 'mem_b'])
    expect([reloaded.of('mem_b'), reloaded.of('mem_0')]).toEqual(['Seat 03', 'Seat 04'])
  })

  it('do without a storage that is full or holds nonsense', () => {
    const broken = {
      getItem: () => '{"not": "a list"',
      setItem: () => {
        throw new Error('full')
      },
    }
    const numbers = new SeatNumbers('cls_1', broken)
    numbers.assign(['mem_a'])
    expect(numbers.of('mem_a')).toBe('Seat 01')
    expect(numbers.of('mem_unknown')).toBe('Seat')
  })
})

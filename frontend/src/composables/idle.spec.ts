import { describe, expect, it } from 'vitest'

import { idleNotice, loadLastActive, saveLastActive } from './idle'

const after = (minutes: number, limit: number | null) => idleNotice(minutes * 60_000, 0, limit)

describe('the idle notice', () => {
  it('comes five minutes before the limit', () => {
    expect(after(24, 30)).toBeNull()
    expect(after(25, 30)).toEqual({ quietMinutes: 25, leftMinutes: 5 })
    expect(after(30, 30)).toEqual({ quietMinutes: 30, leftMinutes: 0 })
  })

  it('comes later where the limit is short', () => {
    expect(after(7, 10)).toBeNull()
    expect(after(8, 10)?.leftMinutes).toBe(2)
  })

  it('goes when the machine outlives it, which somebody used from elsewhere', () => {
    expect(after(33, 30)).toBeNull()
  })

  it('never comes without a limit', () => {
    expect(after(600, null)).toBeNull()
  })
})

describe('the last use', () => {
  it('is remembered for its environment alone', () => {
    saveLastActive('env_1', 1_000)
    expect(loadLastActive('env_1')).toBe(1_000)
    expect(loadLastActive('env_2')).toBeNull()
  })
})

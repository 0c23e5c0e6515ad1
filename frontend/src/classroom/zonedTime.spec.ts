import { describe, expect, it } from 'vitest'

import { inZone, isTimeZone, momentOf, timeZones, wallTime } from './zonedTime'

describe('times of a class', () => {
  it.each([
    ['Europe/Berlin', '2026-11-23T09:00', '2026-11-23T08:00:00Z'],
    ['Europe/Berlin', '2026-07-01T09:00', '2026-07-01T07:00:00Z'],
    ['Asia/Kolkata', '2026-11-23T09:00', '2026-11-23T03:30:00Z'],
    ['America/New_York', '2026-11-22T20:00', '2026-11-23T01:00:00Z'],
    ['UTC', '2026-11-23T09:00', '2026-11-23T09:00:00Z'],
  ])('are those of its own clock: %s %s', (zone, wall, moment) => {
    expect(momentOf(wall, zone)).toBe(moment)
    expect(wallTime(moment, zone)).toBe(wall)
  })

  it('of an hour that is skipped or repeated are those that a calendar means', () => {
    expect(momentOf('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z')
    expect(momentOf('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00Z')
  })

  it('may be missing or nonsense', () => {
    expect(momentOf('', 'UTC')).toBeNull()
    expect(momentOf('soon', 'UTC')).toBeNull()
    expect(momentOf('2026-11-23T09:00', 'Middle/Earth')).toBeNull()
    expect(wallTime(null, 'UTC')).toBe('')
    expect(inZone(undefined, 'UTC')).toBe('–')
  })

  it('know which zones there are', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Middle/Earth')).toBe(false)
    expect(timeZones()).toContain('UTC')
    expect(new Set(timeZones()).size).toBe(timeZones().length)
  })
})

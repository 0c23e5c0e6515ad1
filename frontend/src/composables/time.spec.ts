import { describe, expect, it } from 'vitest'

import { clockTime, countdown, duration, moment, roughly } from './time'

describe('times as people read them', () => {
  it.each([
    [0, '0.0 s'],
    [1_240, '1.2 s'],
    [38_900, '38 s'],
    [125_000, '2 min 5 s'],
    [-5, '0.0 s'],
  ])('takes %i ms for %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text))

  it.each([
    [3_729_000, '1:02:09'],
    [245_000, '4:05'],
    [500, '0:01'],
    [-5_000, '0:00'],
  ])('counts %i ms down as %s', (milliseconds, text) => expect(countdown(milliseconds)).toBe(text))

  it.each([
    [-9_000, 'a few seconds'],
    [7_000, 'a few seconds'],
    [18_000, '20 seconds'],
    [44_000, '40 seconds'],
    [62_000, 'a minute'],
    [125_000, '2 minutes'],
    [3_500_000, '58 minutes'],
    [4_000_000, 'an hour'],
    [7_300_000, '2 hours'],
  ])('takes %i ms roughly for %s', (milliseconds, text) => expect(roughly(milliseconds)).toBe(text))

  it('shows a dash where there is no time', () => {
    expect(moment(null)).toBe('–')
    expect(moment('yesterday')).toBe('–')
    expect(clockTime(null)).toBe('–')
  })
})

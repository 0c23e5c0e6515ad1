import { describe, expect, it } from 'vitest'

import { classMoment, classMomentText, mayPlay, nextTurn, playRefusal, windowText } from './classWindow'

const LONDON = { locale: 'en-GB', timeZone: 'Europe/London' }
const BERLIN = { locale: 'en-GB', timeZone: 'Europe/Berlin' }
const NINE_IN_BERLIN = '2026-11-23T08:00:00Z'
const dates = { time_zone: 'Europe/Berlin', opens_at: NINE_IN_BERLIN, closes_at: '2026-11-23T16:00:00Z' }
const at = (time: string) => Date.parse(`2026-11-23T${time}:00Z`)

describe('times of a class', () => {
  it("are told in the class's zone and in one's own where they differ", () => {
    const { there, here } = classMoment(NINE_IN_BERLIN, 'Europe/Berlin', LONDON)
    expect(there).toMatch(/9:00 Berlin time$/)
    expect(here).toBe('8:00')
    expect(classMomentText(NINE_IN_BERLIN, 'Europe/Berlin', LONDON)).toContain('8:00 where you are')
  })

  it('are told with the day where that differs too', () => {
    const late = '2026-11-23T23:30:00Z'
    expect(classMoment(late, 'Europe/Berlin', LONDON).here).toMatch(/Mon.*23 Nov.*23:30/)
  })

  it('are told once where both clocks show the same', () => {
    expect(classMoment(NINE_IN_BERLIN, 'Europe/Paris', BERLIN).here).toBeNull()
    expect(classMomentText(NINE_IN_BERLIN, 'Europe/Paris', BERLIN)).not.toContain('time')
  })

  it('are told also in a zone that the browser does not know', () => {
    expect(classMoment(NINE_IN_BERLIN, 'Mars/Olympus', BERLIN).there).toContain('08:00 UTC')
  })
})

describe("a class's window", () => {
  it('is in the future, open, or over', () => {
    expect(windowText(dates, at('07:59'), BERLIN)).toMatch(/^Opens .*9:00$/)
    expect(windowText(dates, at('08:00'), BERLIN)).toMatch(/^Open until .*17:00$/)
    expect(windowText(dates, at('16:00'), BERLIN)).toMatch(/^Closed since .*17:00$/)
  })

  it('is not told where there is none', () => {
    expect(windowText({ time_zone: 'UTC' }, at('12:00'))).toBeNull()
  })

  it('turns at its next time', () => {
    const play = { allowed: false, opens_at: '2026-11-23T07:30:00Z' }
    expect(nextTurn(dates, [], at('07:00'))).toBe(3_600_000)
    expect(nextTurn(dates, [{ play }], at('07:00'))).toBe(1_800_000)
    expect(nextTurn(dates, [{ play }], at('17:00'))).toBeNull()
  })
})

describe('Play', () => {
  it('opens by itself at the time it was told to open', () => {
    const play = { allowed: false, code: 'class_not_open', reason: 'not yet', opens_at: NINE_IN_BERLIN }
    expect(mayPlay(play, at('07:59'))).toBe(false)
    expect(mayPlay(play, at('08:00'))).toBe(true)
  })

  it('stays shut without a time', () => {
    expect(mayPlay({ allowed: false, code: 'budget_exhausted' }, at('12:00'))).toBe(false)
  })

  it('says why it is shut, with the time where there is one', () => {
    const notYet = { allowed: false, code: 'class_not_open', reason: 'not yet', opens_at: NINE_IN_BERLIN }
    const text = playRefusal(notYet, 'Europe/Berlin', at('07:00'), LONDON)
    expect(text).toContain('9:00 Berlin time')
    expect(text).toContain('8:00 where you are')
    const spent = { allowed: false, code: 'budget_exhausted', reason: 'the budget is used up' }
    expect(playRefusal(spent, 'UTC', at('07:00'))).toBe('The budget is used up.')
    expect(playRefusal({ allowed: true }, 'UTC', at('07:00'))).toBeNull()
  })
})

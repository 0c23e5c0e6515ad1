import { describe, expect, it } from 'vitest'

import { person, room, tile } from '@/testing/room'

import { FaceBook, ago, timeLeft } from './faces'
import { SeatMap, foremost } from './seats'

const now = Date.parse('2026-11-21T10:30:00Z')
const ended = tile({ id: 'env_old', state: 'ended', requested_at: '2026-11-21T10:10:00Z' })
const running = tile({ id: 'env_new', lab: 'vulnerable-api' })

describe('the environment that a seat shows', () => {
  it('is the newest that runs or failed, whatever ended later', () => {
    expect(foremost([ended, running])?.id).toBe('env_new')
  })

  it('is the one with a raised hand before all others', () => {
    const asking = { ...ended, hand: { since: '2026-11-21T10:25:00Z' } }
    expect(foremost([running, asking])?.id).toBe('env_old')
  })

  it('is the one of the lab that is looked at', () => {
    const seats = new SeatMap().seats(room(person('mem_1', 'Ada', running, ended)), 'secrets-in-git')
    expect(seats[0]).toMatchObject({ state: 'ended', expiresAt: null, others: [running] })
  })
})

describe('what need not be drawn again', () => {
  it('stays the same object from picture to picture', () => {
    const map = new SeatMap()
    const book = new FaceBook()
    const ada = person('mem_1', 'Ada', running)
    const lin = person('mem_2', 'Lin', running)
    const faces = (people: (typeof ada)[], at: number) =>
      book.faces(map.seats(room(...people), null), (seat) => seat.person.display_name, at)
    const before = faces([ada, lin], now - 30_000)
    const after = faces([ada, person('mem_2', 'Lin', { ...running, checks_passed: 2 })], now - 29_000)
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
    expect(faces([ada], now + 61_000)[0]).not.toBe(before[0])
  })

  it('says minutes while there are many, and seconds in the last five', () => {
    expect(timeLeft(now + 72 * 60_000, now)).toEqual({ timeLeft: '1 h 12 min', short: false })
    expect(timeLeft(now + 299_000, now)).toEqual({ timeLeft: '4:59', short: true })
    expect(timeLeft(null, now)).toEqual({ timeLeft: '', short: false })
    expect([ago('2026-11-21T10:29:30Z', now), ago('2026-11-21T10:26:00Z', now), ago(null, now)]).toEqual([
      'now',
      '4 min ago',
      '',
    ])
  })
})

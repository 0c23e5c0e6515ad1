import { describe, expect, it } from 'vitest'

import { person, room, tile } from '@/testing/room'

import { arrange, countStates, type Arrangement } from './arrange'
import { SeatMap } from './seats'
import { STATE_ORDER } from './states'

const ada = person('mem_1', 'Ada', tile({ state: 'done', checks_passed: 4 }))
const lin = person('mem_2', 'Lín', tile({ state: 'failed', expires_at: null, checks_passed: 0 }))
const grace = person(
  'mem_3',
  'Grace',
  tile({ state: 'stuck', expires_at: '2026-11-21T10:40:00Z', hand: { since: '2026-11-21T10:25:00Z' } }),
)
const nobody = person('mem_4', 'Zoe')
const seats = new SeatMap().seats(room(ada, lin, grace, nobody), null)
const usual: Arrangement = {
  search: '',
  states: new Set(),
  handsOnly: false,
  sort: 'name',
  descending: false,
}
const order = (changes: Partial<Arrangement>, namesShown = true) =>
  arrange(
    seats,
    { ...usual, ...changes },
    (seat) => (namesShown ? seat.person.display_name : `Seat ${seat.id.at(-1)}`),
    namesShown,
  ).map(({ id }) => id.at(-1))

describe('the order of the room', () => {
  it('puts raised hands first and then whoever needs looking at most', () => {
    expect(order({ sort: 'hand' })).toEqual(['3', '2', '4', '1'])
  })

  it('sorts by name, state, time left and progress, with who has no number always last', () => {
    expect(order({ sort: 'name' })).toEqual(['1', '3', '2', '4'])
    expect(order({ sort: 'name', descending: true })).toEqual(['4', '2', '3', '1'])
    expect(order({ sort: 'state' })).toEqual(['2', '3', '4', '1'])
    expect(order({ sort: 'time-left' }).slice(0, 2)).toEqual(['3', '1'])
    expect(order({ sort: 'time-left', descending: true }).slice(0, 2)).toEqual(['1', '3'])
    expect(order({ sort: 'progress', descending: true })).toEqual(['1', '3', '2', '4'])
    expect(order({ sort: 'progress' }).at(-1)).toBe('4')
  })

  it('begins with failures and ends with what is over', () => {
    expect(STATE_ORDER[0]).toBe('failed')
    expect(STATE_ORDER.at(-1)).toBe('ended')
  })
})

describe('the filters of the room', () => {
  it('finds names without their accents, and labs by their titles', () => {
    expect(order({ search: ' lin ' })).toEqual(['2'])
    expect(order({ search: 'secrets in' })).toEqual(['1', '3', '2'])
  })

  it('never finds a hidden name', () => {
    expect(order({ search: 'ada' }, false)).toEqual([])
    expect(order({ search: 'seat 1' }, false)).toEqual(['1'])
  })

  it('shows the chosen states, and raised hands alone', () => {
    expect(order({ states: new Set(['failed', 'not-started']) })).toEqual(['2', '4'])
    expect(order({ handsOnly: true })).toEqual(['3'])
  })

  it('counts everybody once, and names the states that nobody is in', () => {
    const { states, hands } = countStates(seats)
    expect(states).toMatchObject({ done: 1, failed: 1, stuck: 1, 'not-started': 1, waiting: 0 })
    expect(hands).toBe(1)
  })
})

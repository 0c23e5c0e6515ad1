/** Which seats are shown, and in which order. Pure, so that it can be thought about (and tested) without a page. */
import type { Seat } from './seats'
import { STATE_ORDER, stateRank, type SeatState } from './states'

export type SortKey = 'hand' | 'name' | 'state' | 'time-left' | 'progress'

export interface Arrangement {
  search: string
  /** The states that are shown; none chosen shows all. */
  states: ReadonlySet<SeatState>
  handsOnly: boolean
  sort: SortKey
  descending: boolean
}

/** What a person is called on this page: their name, or their seat while names are hidden. */
export type NameOf = (seat: Seat) => string

const NAMES = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export function arrange(
  seats: readonly Seat[],
  { search, states, handsOnly, sort, descending }: Arrangement,
  nameOf: NameOf,
  namesShown: boolean,
): Seat[] {
  const wanted = fold(search.trim())
  const found = seats.filter(
    (seat) =>
      (states.size === 0 || states.has(seat.state)) &&
      (!handsOnly || seat.tile?.hand != null) &&
      (wanted === '' || fold(haystack(seat, nameOf, namesShown)).includes(wanted)),
  )
  const direction = descending ? -1 : 1
  const compare = COMPARE[sort]
  return found.sort(
    (a, b) =>
      compare(a, b, direction) || (sort === 'name' ? direction : 1) * NAMES.compare(nameOf(a), nameOf(b)),
  )
}

/** How many seats are in each state, every state named, and how many hands are up. */
export function countStates(seats: readonly Seat[]): { states: Record<SeatState, number>; hands: number } {
  const states = Object.fromEntries(STATE_ORDER.map((state) => [state, 0])) as Record<SeatState, number>
  let hands = 0
  for (const seat of seats) {
    states[seat.state] += 1
    if (seat.tile?.hand) hands += 1
  }
  return { states, hands }
}

/** Hidden names can't be searched for: a hit would tell whose seat it is. */
function haystack(seat: Seat, nameOf: NameOf, namesShown: boolean): string {
  return namesShown
    ? `${seat.person.display_name} ${seat.person.name} ${seat.labTitle}`
    : `${nameOf(seat)} ${seat.labTitle}`
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLocaleLowerCase()
}

type Compare = (a: Seat, b: Seat, direction: number) => number

const COMPARE: Record<SortKey, Compare> = {
  /** Whoever has waited longest comes first; then who else needs looking at. */
  hand: (a, b, direction) =>
    last(raisedAt(a), raisedAt(b), direction) || stateRank(a.state) - stateRank(b.state),
  name: () => 0,
  state: (a, b, direction) => direction * (stateRank(a.state) - stateRank(b.state)),
  'time-left': (a, b, direction) => last(a.expiresAt, b.expiresAt, direction),
  progress: (a, b, direction) => last(a.progress, b.progress, direction),
}

function raisedAt({ tile }: Seat): number | null {
  return tile?.hand ? Date.parse(tile.hand.since) : null
}

/** Who has no such number comes last, whichever way it is sorted. */
function last(a: number | null, b: number | null, direction: number): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0)
  return direction * (a - b)
}

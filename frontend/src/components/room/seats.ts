/** The room's picture as one row a trainee: which of their environments is shown, and what is to be searched and sorted. */
import type { Room, RoomPerson, Tile } from '@/api/adminTypes'

import { isLive, type SeatState } from './states'

export interface Seat {
  id: string
  person: RoomPerson
  /** The environment that is shown: the one that asks for attention or was pressed last. */
  tile: Tile | null
  others: readonly Tile[]
  state: SeatState
  labTitle: string
  /** Share of the shown lab's checks that passed; null for a lab without checks. */
  progress: number | null
  /** Milliseconds since 1970; null without a machine whose time runs. */
  expiresAt: number | null
}

/**
 * One seat a person. People that did not change between two pictures are the same objects (the query shares them), and
 * so are their seats; a tile of the page whose seat is the same is not drawn again.
 */
export class SeatMap {
  private known = new WeakMap<RoomPerson, Seat>()
  private arrangedFor = ''

  /** `lab` shows that lab's environment alone, whatever else a person has. */
  seats(room: Room, lab: string | null): Seat[] {
    const arrangement = JSON.stringify([lab, room.labs])
    if (arrangement !== this.arrangedFor) {
      this.arrangedFor = arrangement
      this.known = new WeakMap()
    }
    const titles = new Map(room.labs.map(({ slug, title }) => [slug, title]))
    return room.people.map((person) => {
      const known = this.known.get(person)
      if (known) return known
      const seat = seatOf(person, lab, titles)
      this.known.set(person, seat)
      return seat
    })
  }
}

function seatOf(person: RoomPerson, lab: string | null, titles: ReadonlyMap<string, string>): Seat {
  const candidates = lab === null ? person.environments : person.environments.filter((t) => t.lab === lab)
  const tile = foremost(candidates)
  return {
    id: person.id,
    person,
    tile,
    others: person.environments.filter((other) => other !== tile),
    state: tile?.state ?? 'not-started',
    labTitle: tile ? (titles.get(tile.lab) ?? tile.lab) : '',
    progress: tile && tile.checks_total > 0 ? tile.checks_passed / tile.checks_total : null,
    expiresAt: tile?.expires_at && isLive(tile.state) ? Date.parse(tile.expires_at) : null,
  }
}

/** A raised hand before all; what ended comes after what runs or failed; then the newest. */
export function foremost(tiles: readonly Tile[]): Tile | null {
  const weight = (tile: Tile) => (tile.hand ? 2 : 0) + (tile.state === 'ended' ? 0 : 1)
  return tiles.reduce<Tile | null>((best, tile) => {
    if (!best) return tile
    const difference = weight(tile) - weight(best)
    if (difference !== 0) return difference > 0 ? tile : best
    return Date.parse(tile.requested_at) > Date.parse(best.requested_at) ? tile : best
  }, null)
}

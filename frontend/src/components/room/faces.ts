/** What a seat shows at a moment: the texts that depend on the clock. One clock ticks for the whole room. */
import { countdown } from '@/composables/time'

import type { NameOf } from './arrange'
import type { Seat } from './seats'

export interface Face {
  id: string
  seat: Seat
  name: string
  /** "1 h 12 min", the last five minutes to the second; empty without a machine whose time runs. */
  timeLeft: string
  short: boolean
  /** "now", "4 min ago"; empty where nothing was ever done. */
  active: string
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const SHORT = 5 * MINUTE

export function timeLeft(expiresAt: number | null, now: number): Pick<Face, 'timeLeft' | 'short'> {
  if (expiresAt === null) return { timeLeft: '', short: false }
  const left = Math.max(0, expiresAt - now)
  if (left < SHORT) return { timeLeft: countdown(left), short: true }
  const minutes = Math.floor(left / MINUTE)
  const hours = Math.floor(minutes / 60)
  return { timeLeft: hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`, short: false }
}

/** Steps of a minute, so that an active room is not drawn anew every second. */
export function ago(at: string | null | undefined, now: number): string {
  const passed = now - Date.parse(at ?? '')
  if (Number.isNaN(passed)) return ''
  if (passed < MINUTE) return 'now'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < 48 * HOUR) return `${Math.floor(passed / HOUR)} h ago`
  return `${Math.floor(passed / (24 * HOUR))} days ago`
}

/** Gives the same face for a seat until something on it changes: what is the same is not drawn again. */
export class FaceBook {
  private known = new Map<string, Face>()

  faces(seats: readonly Seat[], nameOf: NameOf, now: number): Face[] {
    const next = new Map<string, Face>()
    const faces = seats.map((seat) => {
      const fresh: Face = {
        id: seat.id,
        seat,
        name: nameOf(seat),
        ...timeLeft(seat.expiresAt, now),
        active: ago(seat.tile?.last_active_at, now),
      }
      const before = this.known.get(seat.id)
      const face = before && same(before, fresh) ? before : fresh
      next.set(seat.id, face)
      return face
    })
    this.known = next
    return faces
  }
}

function same(a: Face, b: Face): boolean {
  return (
    a.seat === b.seat &&
    a.name === b.name &&
    a.timeLeft === b.timeLeft &&
    a.short === b.short &&
    a.active === b.active
  )
}

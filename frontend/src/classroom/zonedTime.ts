/**
 * Times of a class are thought of, typed and shown in the class's own time zone, whatever the device's is. A wall time is
 * what a `datetime-local` field holds: `2026-11-23T09:00`.
 */
import {
  getLocalTimeZone,
  parseAbsolute,
  parseDateTime,
  toCalendarDateTime,
  toZoned,
} from '@internationalized/date'

/** What the clock on the class's wall shows, to the minute; empty for no time. */
export function wallTime(timestamp: string | null | undefined, zone: string): string {
  if (!timestamp) return ''
  try {
    return toCalendarDateTime(parseAbsolute(timestamp, zone)).toString().slice(0, 16)
  } catch {
    return ''
  }
}

/**
 * The moment at which that clock shows this, in UTC; null for no time. Of an hour that a change of clocks skips the later
 * hour is meant, of one that it repeats the earlier, as everybody's calendar has it.
 */
export function momentOf(wall: string, zone: string): string | null {
  if (wall.trim() === '') return null
  try {
    const moment = toZoned(parseDateTime(wall), zone, 'compatible').toDate()
    return moment.toISOString().replace('.000Z', 'Z')
  } catch {
    return null
  }
}

export function isTimeZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}

/** Every zone that this browser knows, with UTC, which the standard leaves out. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
}

export const deviceTimeZone = getLocalTimeZone

/** "23 Nov 2026, 09:00" on the class's wall. */
export function inZone(timestamp: string | null | undefined, zone: string): string {
  const date = new Date(timestamp ?? '')
  if (Number.isNaN(date.getTime())) return '–'
  const looks = { dateStyle: 'medium', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(undefined, { ...looks, timeZone: isTimeZone(zone) ? zone : 'UTC' }).format(
    date,
  )
}

/** "Mon, 23 Nov 2026, 09:00 – Tue, 24 Nov 2026, 17:00", or what is known of it. */
export function windowInZone(
  opens: string | null | undefined,
  closes: string | null | undefined,
  zone: string,
): string {
  if (opens && closes) return `${inZone(opens, zone)} – ${inZone(closes, zone)}`
  if (opens) return `from ${inZone(opens, zone)}`
  if (closes) return `until ${inZone(closes, zone)}`
  return 'always open'
}

/** When a class is open, in the class's own time and in that of whoever reads it. */
import type { Lab, Play, SessionClass } from '@/api/types'

import { sentence } from './failures'

export interface ClassMoment {
  /** As the class's clock shows it. */
  there: string
  /** As the reader's clock shows it; null where both show the same. */
  here: string | null
}

const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' }
const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }

export interface Reader {
  locale?: string
  timeZone?: string
}

export function classMoment(timestamp: string, timeZone: string, reader: Reader = {}): ClassMoment {
  const date = new Date(timestamp)
  if (Number.isNaN(date.getTime())) return { there: '–', here: null }
  const shown = (looks: Intl.DateTimeFormatOptions, zone?: string) =>
    clock(reader.locale, zone, looks).format(date)
  const there = shown({ ...DAY, ...TIME }, timeZone)
  if (there === shown({ ...DAY, ...TIME }, reader.timeZone)) return { there, here: null }
  const sameDay = shown(DAY, timeZone) === shown(DAY, reader.timeZone)
  const here = shown(sameDay ? TIME : { ...DAY, ...TIME }, reader.timeZone)
  return { there: `${there} ${zoneName(timeZone)}`, here }
}

/** One sentence's worth: "Fri 21 Nov, 17:00 Berlin time (16:00 where you are)". */
export function classMomentText(timestamp: string, timeZone: string, reader: Reader = {}): string {
  const { there, here } = classMoment(timestamp, timeZone, reader)
  return here === null ? there : `${there} (${here} where you are)`
}

/** "Europe/Berlin" as people say it: "Berlin time". */
function zoneName(timeZone: string): string {
  const place = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone
  return place === 'UTC' ? 'UTC' : `${place} time`
}

/** A zone that this browser has not heard of is shown as UTC rather than not at all. */
function clock(locale: string | undefined, timeZone: string | undefined, looks: Intl.DateTimeFormatOptions) {
  try {
    return new Intl.DateTimeFormat(locale, { ...looks, timeZone })
  } catch {
    return new Intl.DateTimeFormat(locale, { ...looks, timeZone: 'UTC', timeZoneName: 'short' })
  }
}

type Dates = Pick<SessionClass, 'opens_at' | 'closes_at' | 'time_zone'>

/** What the class's window means now, in words; null for a class that is always open. */
export function windowText(of: Dates, now: number, reader: Reader = {}): string | null {
  const text = (timestamp: string) => classMomentText(timestamp, of.time_zone, reader)
  if (of.opens_at && now < Date.parse(of.opens_at)) return `Opens ${text(of.opens_at)}`
  if (of.closes_at && now >= Date.parse(of.closes_at)) return `Closed since ${text(of.closes_at)}`
  return of.closes_at ? `Open until ${text(of.closes_at)}` : null
}

/** Play opens by itself when its time has come; whether it still may is the API's to say. */
export function mayPlay(play: Play, now: number): boolean {
  return play.allowed || (play.opens_at != null && now >= Date.parse(play.opens_at))
}

/** Why Play may not be pressed now; null where it may. */
export function playRefusal(play: Play, timeZone: string, now: number, reader: Reader = {}): string | null {
  if (mayPlay(play, now)) return null
  if (play.opens_at) return `Opens ${classMomentText(play.opens_at, timeZone, reader)}.`
  return sentence(play.reason || 'this lab cannot be started at the moment; ask your instructor')
}

/** Milliseconds until the next time at which what may be played changes by the clock; null for none. */
export function nextTurn(of: Dates, labs: readonly Pick<Lab, 'play'>[], now: number): number | null {
  const times = [of.opens_at, of.closes_at, ...labs.map(({ play }) => play.opens_at)]
  const ahead = times.map((time) => Date.parse(time ?? '') - now).filter((left) => left > 0)
  return ahead.length > 0 ? Math.min(...ahead) : null
}

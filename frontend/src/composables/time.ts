/** Times as people read them. */

/** "4.2 s" below ten seconds, then "38 s", then "2 min 5 s". */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}

/** For what is known roughly, in steps that do not tick: "a few seconds", "40 seconds", "a minute", "3 minutes". */
export function roughly(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000
  const step = seconds < 30 ? 5 : 10
  const rounded = Math.round(seconds / step) * step
  if (rounded <= 5) return 'a few seconds'
  if (rounded < 60) return `${rounded} seconds`
  const minutes = Math.round(seconds / 60)
  if (minutes < 2) return 'a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 2 ? 'an hour' : `${hours} hours`
}

/** "1:02:09" or "4:05", never negative. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3_600),
    Math.floor((seconds % 3_600) / 60),
    seconds % 60,
  ]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

export function moment(timestamp: string | null | undefined): string {
  return format(FULL, timestamp)
}

/** The time of day, to the minute. */
export function clockTime(timestamp: string | null | undefined): string {
  return format(CLOCK, timestamp)
}

function format(as: Intl.DateTimeFormat, timestamp: string | null | undefined): string {
  const date = new Date(timestamp ?? '')
  return Number.isNaN(date.getTime()) ? '–' : as.format(date)
}

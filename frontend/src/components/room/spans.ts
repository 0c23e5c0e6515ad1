/** How long the parts of an environment's life took, from its timeline. */
import type { TimelineEntry } from '@/api/types'

export interface Span {
  key: 'start' | 'use' | 'deletion'
  label: string
  milliseconds: number
  /** It still goes on. */
  open: boolean
}

type Timeline = readonly TimelineEntry[]

/**
 * From the click to ready, the time there was a machine to work on, and from the wish to delete it to the proof.
 * `now` is the server's time in milliseconds; what has not begun is not told.
 */
export function spans(timeline: Timeline, now: number): Span[] {
  const requested = first(timeline, 'requested')
  const ready = first(timeline, 'ready')
  const ending = firstOf(timeline, ['stop-requested', 'expired', 'idle', 'failed'])
  // A place that failed is deleted, too, on the way up: what counts is the deletion after which nothing came.
  const deleted = timeline.at(-1)?.stage === 'deleted' ? last(timeline, 'deleted') : null
  const found: Span[] = []
  if (requested !== null)
    found.push(span('start', 'From the click to ready', requested, ready ?? ending, now))
  if (ready !== null) found.push(span('use', 'Ready to be worked in', ready, ending ?? deleted, now))
  if (ending !== null) found.push(span('deletion', 'From the end to the proof', ending, deleted, now))
  return found
}

function span(key: Span['key'], label: string, from: number, until: number | null, now: number): Span {
  return { key, label, milliseconds: Math.max(0, (until ?? now) - from), open: until === null }
}

function first(timeline: Timeline, stage: TimelineEntry['stage']): number | null {
  const entry = timeline.find((candidate) => candidate.stage === stage)
  return entry ? Date.parse(entry.at) : null
}

function last(timeline: Timeline, stage: TimelineEntry['stage']): number | null {
  const entry = timeline.findLast((candidate) => candidate.stage === stage)
  return entry ? Date.parse(entry.at) : null
}

function firstOf(timeline: Timeline, stages: readonly TimelineEntry['stage'][]): number | null {
  const times = stages.map((stage) => first(timeline, stage)).filter((time) => time !== null)
  return times.length > 0 ? Math.min(...times) : null
}

/** What is known about how long a start still takes, in words, and not more than that. */
import type { Environment, Start } from '@/api/types'

import { providerName } from './stages'
import { clockTime, roughly } from './time'

export interface Outlook {
  /** `expected` before half of recent starts were ready, `late` before nine of ten were, `overdue` after that. */
  kind: 'expected' | 'late' | 'overdue' | 'unknown'
  headline: string
  detail: string
}

/** `now` is the server's time in milliseconds. */
export function outlook(start: Start | null | undefined, now: number): Outlook | null {
  if (!start) return null
  const likely = Date.parse(start.likely_ready_at ?? '')
  const latest = Date.parse(start.ready_by ?? '')
  if (Number.isNaN(likely) || Number.isNaN(latest)) {
    return {
      kind: 'unknown',
      headline: 'No recent start to go by',
      detail: 'So there is no estimate. What has happened so far is below.',
    }
  }
  const from = start.samples === 1 ? 'the only recent start' : `${start.samples} recent starts`
  if (now < likely) {
    return {
      kind: 'expected',
      headline: `Ready in about ${roughly(likely - now)}`,
      detail: `At about ${clockTime(start.likely_ready_at)}; nine of ten would be ready within ${roughly(latest - now)}, by ${clockTime(start.ready_by)}. Taken from ${from}.`,
    }
  }
  if (now < latest) {
    return {
      kind: 'late',
      headline: 'Taking a little longer than most',
      detail: `Half of recent starts were ready by now; nine of ten would be within ${roughly(latest - now)}, by ${clockTime(start.ready_by)}. Taken from ${from}.`,
    }
  }
  return {
    kind: 'overdue',
    headline: 'Taking longer than nine of ten recent starts',
    detail:
      'You need not do anything: a machine that does not become ready in time is deleted, and the next place is tried or you are told why not.',
  }
}

/** Where it stands in a provider's line; null once the machine was asked for, or while there is no line to stand in. */
export function inLine({ start, placement }: Pick<Environment, 'start' | 'placement'>): string | null {
  if (start?.ahead == null) return null
  const at = placement ? ` at ${providerName(placement.provider)}` : ''
  if (start.ahead === 0) return `Next in line${at}`
  return `In line${at}: about ${start.ahead} ${start.ahead === 1 ? 'start' : 'starts'} before yours`
}

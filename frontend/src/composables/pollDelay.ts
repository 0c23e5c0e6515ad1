/** How often an environment is asked about: eagerly close to a change, rarely far from one, never once nothing can change. */
import type { Environment, Status } from '@/api/types'

const FIRST_MS = 400
const GROWTH = 1.5
const LONGEST_MS = 3_000
const WHILE_READY_MS = 10_000
/** While help is on its way: somebody waits for an answer. */
const WHILE_HELPED_MS = 3_000
/** While a deletion that was given up is still being proven; the control plane itself looks once a minute. */
const UNTIL_PROVEN_MS = 15_000
/** A start that is further away than this is asked about every tenth of the way, within these bounds. */
const FAR_MS = 30_000
const FAR_SHARE = 0.1
const FAR_SHORTEST_MS = 5_000
const FAR_LONGEST_MS = 10_000
/** Where nobody knows how long a start takes, this many before it are far. */
const LONG_LINE = 20
/** Share of a delay that is left to chance, so that a class that pressed Play at once does not ask at once. */
const JITTER = 0.3

export const ENDED: ReadonlySet<Status> = new Set(['gone', 'failed'])

/** It failed for its trainee, who may play again, while the proof of its machine's deletion is still outstanding. */
export function awaitsProof({ status, receipt }: Pick<Environment, 'status' | 'receipt'>): boolean {
  return status === 'failed' && receipt == null
}

export function jittered(milliseconds: number, random: () => number = Math.random): number {
  return milliseconds * (1 - JITTER / 2 + random() * JITTER)
}

export interface PollMoment {
  /** The server's time. */
  now?: number
  random?: () => number
}

type Polled = Pick<Environment, 'status' | 'wanted' | 'timeline' | 'start' | 'receipt' | 'hand' | 'viewing'>

/**
 * Milliseconds until the next question, or false for none. `asked` counts the questions since the last change.
 * A ready environment that is wanted gone is about to change, and is asked about as eagerly as one that changes.
 */
export function pollDelay(
  environment: Polled,
  asked: number,
  { now = Date.now(), random }: PollMoment = {},
): number | false {
  if (awaitsProof(environment)) return jittered(UNTIL_PROVEN_MS, random)
  if (ENDED.has(environment.status)) return false
  const settled = environment.status === 'ready' && environment.wanted === 'running'
  if (settled) return jittered(isHelped(environment) ? WHILE_HELPED_MS : WHILE_READY_MS, random)
  return jittered(farDelay(environment, now) ?? Math.min(LONGEST_MS, FIRST_MS * GROWTH ** asked), random)
}

/** A hand is up, or an instructor asks to see the terminal. */
function isHelped({ hand, viewing }: Polled): boolean {
  return hand != null || (viewing?.policy === 'ask' && viewing.asked != null && viewing.answer == null)
}

/** The delay of a start that takes a while yet; nothing for one that may be ready any moment. */
function farDelay({ status, wanted, start, timeline }: Polled, now: number): number | undefined {
  if (wanted === 'gone') return undefined
  if (!start) {
    // No provider can be asked at the moment.
    const rests = status === 'requested' && timeline.at(-1)?.stage === 'waiting'
    return rests ? FAR_SHORTEST_MS : undefined
  }
  if (start.likely_ready_at == null) return (start.ahead ?? 0) >= LONG_LINE ? FAR_SHORTEST_MS : undefined
  const left = Date.parse(start.likely_ready_at) - now
  return left > FAR_MS ? Math.min(FAR_LONGEST_MS, Math.max(FAR_SHORTEST_MS, left * FAR_SHARE)) : undefined
}

/** Counts how many questions brought nothing new, and so how much slower the next one may be. */
export class PollPace {
  private seen = ''
  private answersAtChange = 0

  /** `answers` is how many answers (or failures) there have been so far; it may be asked about repeatedly. */
  next(environment: Environment, answers: number, moment?: PollMoment): number | false {
    const { id, status, wanted, timeline } = environment
    const news = `${id} ${status} ${wanted} ${timeline.length}`
    if (news !== this.seen) {
      this.seen = news
      this.answersAtChange = answers
    }
    return pollDelay(environment, answers - this.answersAtChange, moment)
  }
}

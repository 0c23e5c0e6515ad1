/** How often an environment is asked about: eagerly while it changes, rarely while it runs, never once it has ended. */
import type { Environment, Status } from '@/api/types'

const FIRST_MS = 400
const GROWTH = 1.5
const LONGEST_MS = 3_000
const WHILE_READY_MS = 20_000
/** Share of a delay that is left to chance, so that a class that pressed Play at once does not ask at once. */
const JITTER = 0.3

export const ENDED: ReadonlySet<Status> = new Set(['gone', 'failed'])

/**
 * Milliseconds until the next question, or false for none. `asked` counts the questions since the last change.
 * A ready environment that is wanted gone is about to change, and is asked about as eagerly as one that changes.
 */
export function pollDelay(
  environment: Pick<Environment, 'status' | 'wanted'>,
  asked: number,
  random: () => number = Math.random,
): number | false {
  if (ENDED.has(environment.status)) return false
  const settled = environment.status === 'ready' && environment.wanted === 'running'
  const delay = settled ? WHILE_READY_MS : Math.min(LONGEST_MS, FIRST_MS * GROWTH ** asked)
  return delay * (1 - JITTER / 2 + random() * JITTER)
}

/** Counts how many questions brought nothing new, and so how much slower the next one may be. */
export class PollPace {
  private seen = ''
  private answersAtChange = 0

  /** `answers` is how many answers (or failures) there have been so far; it may be asked about repeatedly. */
  next(environment: Environment, answers: number, random?: () => number): number | false {
    const { id, status, wanted, timeline } = environment
    const news = `${id} ${status} ${wanted} ${timeline.length}`
    if (news !== this.seen) {
      this.seen = news
      this.answersAtChange = answers
    }
    return pollDelay(environment, answers - this.answersAtChange, random)
  }
}

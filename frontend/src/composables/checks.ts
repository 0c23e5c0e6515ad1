/** A lab's checks as the page shows them: what the machine says now, else what was stored with the environment. */
import type { Check } from '@/api/types'
import type { CheckItem, CheckRound } from '@/terminal/protocol'

export type CheckState = 'passed' | 'not-yet' | 'untried'

export interface ShownCheck {
  name: string
  title: string
  state: CheckState
  message: string | null
  /** When it was last tried, in milliseconds. */
  at: number | null
  /** It does not pass now, but it did before. */
  passedBefore: boolean
}

/** The lab's order; of two results for one check the newer. A machine that restarted has forgotten its results. */
export function mergeChecks(stored: readonly Check[], live: CheckRound | null): ShownCheck[] {
  const told = new Map(live?.items.map((item) => [item.name, item]))
  const kept = stored.map((check) => {
    const item = told.get(check.name)
    told.delete(check.name)
    const known = fromStore(check)
    if (!item || item.passed === null) return known
    const now = fromMachine(item)
    return known.state !== 'untried' && (known.at ?? 0) > (now.at ?? 0)
      ? known
      : { ...now, passedBefore: now.state === 'not-yet' && check.passed_at != null }
  })
  return [...kept, ...[...told.values()].map(fromMachine)]
}

function stateOf(passed: boolean | null | undefined): CheckState {
  if (passed == null) return 'untried'
  return passed ? 'passed' : 'not-yet'
}

function fromStore(check: Check): ShownCheck {
  const at = Date.parse(check.checked_at ?? '')
  const state = stateOf(check.passed)
  return {
    name: check.name,
    title: check.title,
    state,
    message: check.message ?? null,
    at: Number.isNaN(at) ? null : at,
    passedBefore: state === 'not-yet' && check.passed_at != null,
  }
}

function fromMachine({ name, title, passed, message, checkedAt }: CheckItem): ShownCheck {
  const at = checkedAt === null ? null : checkedAt * 1_000
  return { name, title, state: stateOf(passed), message, at, passedBefore: false }
}

export function passedOf(checks: readonly ShownCheck[]): number {
  return checks.filter(({ state }) => state === 'passed').length
}

/** Those that pass now and did not before; nothing of what is seen for the first time. */
export function newlyPassed(before: readonly ShownCheck[], now: readonly ShownCheck[]): ShownCheck[] {
  const states = new Map(before.map(({ name, state }) => [name, state]))
  return now.filter(
    ({ name, state }) => state === 'passed' && states.has(name) && states.get(name) !== 'passed',
  )
}

/** Whether somebody may see this terminal: what was asked, what the class says, and what the machine really does. */
import type { Viewing as Agreed } from '@/api/types'
import type { Viewing as Machine, ViewingMode } from '@/terminal/protocol'

export type ViewingMoment =
  | { kind: 'nothing' }
  /** An instructor asks, and nobody has answered. */
  | { kind: 'asked'; by: string }
  /** It is on; `watching` may be empty while nobody looks. */
  | { kind: 'on'; mode: Exclude<ViewingMode, 'off'>; watching: readonly string[]; byPolicy: boolean }

/**
 * The machine's word decides what is on. A consent that the machine does not know of (it was restarted, or never heard
 * of it) is none: the question stands again.
 */
export function viewingMoment(agreed: Agreed | null | undefined, machine: Machine | null): ViewingMoment {
  const byPolicy = agreed?.policy === 'open'
  if (machine && machine.mode !== 'off') {
    const quiet = byPolicy && machine.mode === 'read' && machine.watching.length === 0
    return quiet
      ? { kind: 'nothing' }
      : { kind: 'on', mode: machine.mode, watching: machine.watching, byPolicy }
  }
  const asked = agreed?.asked
  if (!asked || byPolicy || agreed.answer === 'refused') return { kind: 'nothing' }
  if (agreed.answer === 'allowed' && machine === null) return { kind: 'nothing' }
  return { kind: 'asked', by: asked.by }
}

/** "Grace", "Grace and Lin", "Grace, Lin and 2 others". */
export function names(people: readonly string[]): string {
  const [first = 'Nobody', second, ...others] = people
  if (second === undefined) return first
  if (others.length === 0) return `${first} and ${second}`
  return `${first}, ${second} and ${others.length} ${others.length === 1 ? 'other' : 'others'}`
}

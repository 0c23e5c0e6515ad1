/** Answers of the API about many people, as a person reads them: grouped by what became of it, and why. */
import { messageOf } from '@/api/errors'

import type { Piece, RoomActionResult } from './runAction'

export type OutcomeKind = 'happens' | 'unfinished' | 'nothing' | 'refused' | 'unanswered'

export interface OutcomeGroup {
  kind: OutcomeKind
  /** Why, in the API's words; empty where there is nothing to explain. */
  reason: string
  members: readonly string[]
}

const KINDS: Record<RoomActionResult['outcome'], OutcomeKind> = {
  'would-do': 'happens',
  done: 'happens',
  'nothing-to-do': 'nothing',
  refused: 'refused',
  stopping: 'unfinished',
}
/** What needs a person's decision comes first. */
const ORDER: readonly OutcomeKind[] = ['unanswered', 'refused', 'unfinished', 'happens', 'nothing']

export function groupOutcomes(pieces: readonly Piece[]): OutcomeGroup[] {
  const groups = new Map<string, { kind: OutcomeKind; reason: string; members: Set<string> }>()
  const put = (kind: OutcomeKind, reason: string, member: string) => {
    const key = `${kind} ${reason}`
    const group = groups.get(key) ?? { kind, reason, members: new Set<string>() }
    group.members.add(member)
    groups.set(key, group)
  }
  for (const piece of pieces) {
    if (piece.results)
      for (const { outcome, reason, member } of piece.results) put(KINDS[outcome], reason ?? '', member)
    else if (piece.error)
      for (const member of piece.members) put('unanswered', messageOf(piece.error), member)
  }
  return [...groups.values()]
    .map((group) => ({ ...group, members: [...group.members] }))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.members.length - a.members.length)
}

/** How many environments (or, where there are none, people) it happens to. */
export function happening(pieces: readonly Piece[]): number {
  return pieces.reduce(
    (sum, { results }) => sum + (results?.filter(({ outcome }) => KINDS[outcome] === 'happens').length ?? 0),
    0,
  )
}

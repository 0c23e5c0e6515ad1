/** Audit events in words. An action that this page does not know yet is shown as the API names it. */
import type { ClassEvent } from '@/api/adminTypes'

const ACTIONS = new Map<string, string>(
  Object.entries({
    'class.created': 'created the class',
    'class.edited': 'changed the settings',
    'class.copied': 'copied the class',
    'class.archived': 'archived the class',
    'class.restored': 'restored the class',
    'class.deletion-begun': 'began to delete the class',
    'lab.pushed': 'uploaded a lab',
    'lab.edited': 'changed a lab',
    'lab.removed': 'removed a lab',
    'lab.version-chosen': 'chose a version of a lab',
    'member.added': 'added a person',
    'member.edited': 'changed a person',
    'member.reset': 'gave a new one-time code',
    'member.removed': 'removed a person',
    'roster.imported': 'imported a roster',
    'join-link.created': 'made a join link',
    'join-link.revoked': 'revoked a join link',
    'room.start': 'started machines',
    'room.stop': 'stopped machines',
    'room.extend': 'extended machines',
    'room.restart': 'restarted machines',
    'room.message': 'sent a message',
    'room.lower-hand': 'lowered hands',
    'viewing.asked': 'asked to see a terminal',
    'viewing.allowed': 'let an instructor see the terminal',
    'viewing.refused': 'refused to show the terminal',
    'viewing.opened': 'was let into a terminal',
  }),
)

export function actionWords(action: string): string {
  return ACTIONS.get(action) ?? action
}

/** "extra_time_percent" as "extra time percent". */
export function fieldWords(field: string): string {
  return field.replace(/[_.]/g, ' ')
}

/** One side of a change, as text; what was or is not there is said to be so. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export type EventChange = ClassEvent['changes'][number]

/** What was changed of a thing; an action on many people tells of each of them, which `outcomesOf` sums up. */
export function settingsOf({ changes }: ClassEvent): EventChange[] {
  return changes.filter((change) => !isPerson(change))
}

/** What became of whom, by outcome: a name for each person; those who have left the class have none any more. */
export function outcomesOf({ changes }: ClassEvent, names: ReadonlyMap<string, string>) {
  const people = new Map<string, string[]>()
  for (const change of changes.filter(isPerson)) {
    const outcome = valueWords(change.to)
    people.set(outcome, [...(people.get(outcome) ?? []), names.get(change.field) ?? 'somebody who has left'])
  }
  return [...people].map(([outcome, who]) => ({ outcome, who }))
}

function isPerson({ field }: EventChange): boolean {
  return field.startsWith('mem_')
}

export interface EventFilter {
  /** The actor's key; null for everybody. */
  actor: string | null
  action: string | null
}

/** Two people may bear one name; the operator has no id. */
export function actorKey({ actor }: ClassEvent): string {
  return `${actor.kind} ${actor.id ?? actor.name}`
}

export function matching(events: readonly ClassEvent[], { actor, action }: EventFilter): ClassEvent[] {
  return events.filter(
    (event) => (actor === null || actorKey(event) === actor) && (action === null || event.action === action),
  )
}

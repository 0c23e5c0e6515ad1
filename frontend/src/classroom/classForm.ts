/** A class's settings as a form holds them: texts as typed, checked field by field, and turned back into settings. */
import type { Class, ClassSettings, NewClass } from '@/api/adminTypes'
import type { ProviderKind, ViewingPolicy } from '@/api/types'

import { dollarField, dollars, microOf } from './money'
import { inZone, isTimeZone, momentOf, wallTime } from './zonedTime'

export interface ClassFields {
  code: string
  title: string
  time_zone: string
  /** Wall times of the class's zone, as `datetime-local` holds them; empty for none. */
  opens_at: string
  closes_at: string
  seats: number | null
  environments_per_trainee: number | null
  idle_minutes: number | null
  max_extra_minutes: number | null
  trainee_extension_minutes: number | null
  providers: ProviderKind[]
  budget: string
  viewing: ViewingPolicy
  instructors: string[]
}

export type ClassField = keyof ClassFields

export const CODE_SHAPE = /^[A-Za-z0-9](?:[A-Za-z0-9-]{2,18})[A-Za-z0-9]$/

interface Range {
  from: number
  to: number
}

/** The bounds of the API, in its order. */
export const RANGES = {
  seats: { from: 1, to: 1_000 },
  environments_per_trainee: { from: 1, to: 8 },
  idle_minutes: { from: 10, to: 480 },
  max_extra_minutes: { from: 0, to: 480 },
  trainee_extension_minutes: { from: 0, to: 120 },
} as const satisfies Partial<Record<ClassField, Range>>

export function newFields(timeZone: string): ClassFields {
  return {
    code: '',
    title: '',
    time_zone: timeZone,
    opens_at: '',
    closes_at: '',
    seats: 100,
    environments_per_trainee: 2,
    idle_minutes: 60,
    max_extra_minutes: 60,
    trainee_extension_minutes: 0,
    providers: ['linode', 'digitalocean'],
    budget: '',
    viewing: 'ask',
    instructors: [],
  }
}

export function fieldsOf(of: Class): ClassFields {
  return {
    code: of.code,
    title: of.title,
    time_zone: of.time_zone,
    opens_at: wallTime(of.opens_at, of.time_zone),
    closes_at: wallTime(of.closes_at, of.time_zone),
    seats: of.seats,
    environments_per_trainee: of.environments_per_trainee,
    idle_minutes: of.idle_minutes ?? null,
    max_extra_minutes: of.max_extra_minutes,
    trainee_extension_minutes: of.trainee_extension_minutes,
    providers: [...of.providers],
    budget: dollarField(of.budget_micro_usd),
    viewing: of.viewing,
    instructors: [...of.instructors],
  }
}

/** What is sent. Only of fields without complaints. */
export function settingsOf(fields: ClassFields): ClassSettings {
  return {
    title: fields.title.trim(),
    time_zone: fields.time_zone,
    opens_at: momentOf(fields.opens_at, fields.time_zone),
    closes_at: momentOf(fields.closes_at, fields.time_zone),
    seats: fields.seats ?? 0,
    environments_per_trainee: fields.environments_per_trainee ?? 0,
    idle_minutes: fields.idle_minutes,
    max_extra_minutes: fields.max_extra_minutes ?? 0,
    trainee_extension_minutes: fields.trainee_extension_minutes ?? 0,
    providers: [...fields.providers],
    budget_micro_usd: microOf(fields.budget),
    viewing: fields.viewing,
    instructors: [...fields.instructors],
  }
}

export function newClassOf(fields: ClassFields): NewClass {
  return { ...settingsOf(fields), code: fields.code.trim() }
}

export type Complaints = Partial<Record<ClassField, string>>

/** What is wrong, field by field, in words that say what to do. */
export function complaintsAbout(fields: ClassFields, { isNew }: { isNew: boolean }): Complaints {
  const found: Complaints = {}
  const title = fields.title.trim()
  if (isNew && !CODE_SHAPE.test(fields.code.trim()))
    found.code = 'A code has 4 to 20 letters, digits and hyphens.'
  if (title === '') found.title = 'Give the class a title.'
  else if ([...title].length > 80) found.title = 'A title has at most 80 characters.'
  if (!isTimeZone(fields.time_zone)) found.time_zone = 'Choose a time zone from the list.'

  for (const [name, { from, to }] of Object.entries(RANGES) as [keyof typeof RANGES, Range][]) {
    const value = fields[name]
    if (value === null && name === 'idle_minutes') continue
    if (value === null || !Number.isInteger(value) || value < from || value > to)
      found[name] = `A whole number from ${from} to ${to}.`
  }
  const extra = fields.max_extra_minutes ?? 0
  if (!found.trainee_extension_minutes && (fields.trainee_extension_minutes ?? 0) > extra)
    found.trainee_extension_minutes = `No more than the ${extra} minutes that may be added at all.`
  if (fields.providers.length === 0) found.providers = 'Choose at least one provider.'

  const budget = microOf(fields.budget)
  if (Number.isNaN(budget)) found.budget = 'An amount in dollars, such as 25 or 12.50.'

  const { opens_at: opens, closes_at: closes } = fields
  if (opens && closes && closes <= opens) found.closes_at = 'It has to close after it opens.'
  return found
}

/** Our field of a field that the API complained about. */
export function fieldNamed(name: string): ClassField | null {
  if (name === 'budget_micro_usd') return 'budget'
  const top = name.split(/[.[]/)[0] ?? ''
  return top in newFields('UTC') ? (top as ClassField) : null
}

export const FIELD_LABELS: Record<ClassField, string> = {
  code: 'Class code',
  title: 'Title',
  time_zone: 'Time zone',
  opens_at: 'Opens',
  closes_at: 'Closes',
  seats: 'Seats',
  environments_per_trainee: 'Machines at once for one trainee',
  idle_minutes: 'Stop when idle for',
  max_extra_minutes: 'Extra time at most',
  trainee_extension_minutes: 'One press of the trainee adds',
  providers: 'Providers',
  budget: 'Budget',
  viewing: 'Looking at terminals',
  instructors: 'Instructors',
}

export interface Difference {
  field: ClassField
  label: string
  mine: string
  theirs: string
}

/** Where two versions of a form differ, in words for people. */
export function differences(
  mine: ClassFields,
  theirs: ClassFields,
  names: ReadonlyMap<string, string>,
): Difference[] {
  const fields = Object.keys(FIELD_LABELS) as ClassField[]
  return fields
    .map((field) => ({
      field,
      label: FIELD_LABELS[field],
      mine: inWords(mine, field, names),
      theirs: inWords(theirs, field, names),
    }))
    .filter(({ mine: one, theirs: other }) => one !== other)
}

export function isSame(one: ClassFields, other: ClassFields): boolean {
  return differences(one, other, new Map()).length === 0
}

/** My changes since `base`, on top of theirs. */
export function rebased(mine: ClassFields, base: ClassFields, theirs: ClassFields): ClassFields {
  const touched = differences(mine, base, new Map()).map(({ field }) => [field, mine[field]])
  return { ...theirs, ...(Object.fromEntries(touched) as Partial<ClassFields>) }
}

function inWords(of: ClassFields, field: ClassField, names: ReadonlyMap<string, string>): string {
  switch (field) {
    case 'opens_at':
    case 'closes_at': {
      const moment = momentOf(of[field], of.time_zone)
      return moment ? inZone(moment, of.time_zone) : 'not set'
    }
    case 'providers':
      return [...of.providers].sort().join(', ') || 'none'
    case 'instructors':
      return (
        of.instructors
          .map((id) => names.get(id) ?? id)
          .sort()
          .join(', ') || 'nobody'
      )
    case 'budget': {
      const micro = microOf(of.budget)
      return micro === null ? 'no limit' : Number.isNaN(micro) ? of.budget : dollars(micro)
    }
    case 'viewing':
      return of.viewing === 'ask' ? 'The trainee is asked' : 'Always allowed'
    case 'idle_minutes':
      return of.idle_minutes === null ? 'never' : `${of.idle_minutes} minutes`
    case 'max_extra_minutes':
    case 'trainee_extension_minutes':
      return `${of[field] ?? 0} minutes`
    default:
      return String(of[field] ?? '')
  }
}

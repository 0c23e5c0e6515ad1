/** What a roster's preview says, in words. */
import type { RosterField, RosterMode, RosterOutcome } from '@/api/adminTypes'

/** The API's own bound of a roster. */
export const MOST_ROSTER_BYTES = 2_000_000

export const ROSTER_FIELDS: Record<RosterField, string> = {
  display_name: 'Name, as others see it',
  name: 'Name to sign in with',
  email: 'E-mail',
  extra_time_percent: 'Extra time',
}

/** What is found without one of these columns. */
const WITHOUT: Record<RosterField, string> = {
  display_name: 'not found',
  name: 'made from the person’s name or e-mail',
  email: 'none',
  extra_time_percent: 'none',
}

export function columnsInWords(
  columns: RosterOutcome['columns'],
): { field: string; header: string; found: boolean }[] {
  return (Object.keys(ROSTER_FIELDS) as RosterField[]).map((field) => {
    const header = columns[field]
    return { field: ROSTER_FIELDS[field], header: header ?? WITHOUT[field], found: header != null }
  })
}

export function separatorInWords(delimiter: string): string {
  const names: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' }
  return names[delimiter] ?? `“${delimiter}”`
}

/** The field of a problem as people call it. */
export function fieldInWords(field: string): string {
  return field in ROSTER_FIELDS ? ROSTER_FIELDS[field as RosterField] : field
}

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)

/** What an import would do; null where it would do nothing. */
export function importInWords(
  { counts }: RosterOutcome,
  mode: Exclude<RosterMode, 'preview'>,
): string | null {
  if (counts.new === 0) return null
  if (mode === 'all' && counts.bad > 0) return null
  return counts.bad === 0
    ? `Import ${people(counts.new)}`
    : `Import ${people(counts.new)}, leave out ${counts.bad}`
}

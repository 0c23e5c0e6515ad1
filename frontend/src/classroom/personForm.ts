/** One person as a form holds them. */
import type { NewPerson, Person, PersonEdit, PersonState } from '@/api/adminTypes'

export interface PersonFields {
  name: string
  display_name: string
  email: string
  extra_time_percent: number | null
  suspended: boolean
}

export type PersonComplaints = Partial<Record<keyof PersonFields, string>>

const NAME_SHAPE = /^[a-z0-9._@-]{1,40}$/
/** What nobody's address lacks; the API looks closer. */
const EMAIL_SHAPE = /^[^\s@]+@[^\s@]+$/
export const MOST_EXTRA_TIME = 300

export function fieldsOfPerson(person: Person | null): PersonFields {
  return {
    name: person?.name ?? '',
    display_name: person?.display_name ?? '',
    email: person?.email ?? '',
    extra_time_percent: person?.extra_time_percent ?? 0,
    suspended: person?.state === 'suspended',
  }
}

export function complaintsAboutPerson(fields: PersonFields): PersonComplaints {
  const found: PersonComplaints = {}
  const name = fields.name.trim().toLowerCase()
  if (fields.display_name.trim() === '') found.display_name = 'Say what the person is called.'
  if (name !== '' && !NAME_SHAPE.test(name))
    found.name = 'Lower-case letters, digits and . _ - @ only, at most 40.'
  if (fields.email.trim() !== '' && !EMAIL_SHAPE.test(fields.email.trim()))
    found.email = 'This is no e-mail address.'
  const extra = fields.extra_time_percent
  if (extra === null || !Number.isInteger(extra) || extra < 0 || extra > MOST_EXTRA_TIME)
    found.extra_time_percent = `A whole number from 0 to ${MOST_EXTRA_TIME}.`
  return found
}

export function newPersonOf(fields: PersonFields): NewPerson {
  const name = fields.name.trim().toLowerCase()
  const email = fields.email.trim()
  return { display_name: fields.display_name.trim(), ...(name && { name }), ...(email && { email }) }
}

export function editOf(fields: PersonFields): PersonEdit {
  return {
    display_name: fields.display_name.trim(),
    email: fields.email.trim() || null,
    extra_time_percent: fields.extra_time_percent ?? 0,
    suspended: fields.suspended,
  }
}

/** What is stored now and differs from what was typed, in words. */
export function personDifferences(mine: PersonFields, theirs: PersonFields): string[] {
  const found: string[] = []
  if (mine.display_name !== theirs.display_name) found.push(`the name is “${theirs.display_name}”`)
  if (mine.email !== theirs.email)
    found.push(theirs.email ? `the e-mail is ${theirs.email}` : 'there is no e-mail')
  if (mine.extra_time_percent !== theirs.extra_time_percent)
    found.push(`the extra time is ${theirs.extra_time_percent} %`)
  if (mine.suspended !== theirs.suspended) found.push(theirs.suspended ? 'suspended' : 'not suspended')
  return found
}

interface Wording {
  label: string
  tone: 'plain' | 'good' | 'attention' | 'bad'
}

export const PERSON_STATES: Record<PersonState, Wording> = {
  invited: { label: 'Invited', tone: 'attention' },
  active: { label: 'Active', tone: 'good' },
  suspended: { label: 'Suspended', tone: 'bad' },
}

export const JOINED_VIA: Record<Person['joined_via'], string> = {
  roster: 'Roster',
  link: 'Join link',
  added: 'Added',
}

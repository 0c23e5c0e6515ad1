/** The shapes that everybody's and the trainee's routes of the API have, in the portal's own words. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Guide = Schemas['Guide']
export type Problem = Schemas['Problem']
export type Provider = Schemas['ProviderView']
export type ProviderKind = Schemas['ProviderKind']

/** Who a session belongs to decides which half of the portal it opens. */
export type Session = TraineeSession | InstructorSession

export interface TraineeSession {
  kind: 'trainee'
  member: Member
  class: SessionClass
  expires_at: string
}

export interface InstructorSession {
  kind: 'instructor'
  instructor: Member
  expires_at: string
}

/** A person as others are told about: never with the address of a mailbox. */
export interface Member {
  id: string
  name: string
  display_name: string
}

export interface SessionClass {
  id: string
  code: string
  title: string
  time_zone: string
  opens_at?: string | null
  closes_at?: string | null
}

/** Without `class_code`: an instructor. */
export interface Login {
  class_code?: string
  name: string
  password: string
}

/** A one-time code becomes a password. */
export interface Redemption {
  class_code: string
  name: string
  code: string
  password: string
}

/** What a join link asks for, once. */
export interface Joining {
  token: string
  display_name: string
  password: string
}

/** What a trainee's page of labs shows. */
export interface LabList {
  class: SessionClass
  labs: Lab[]
  messages: Message[]
}

export interface Lab {
  slug: string
  title: string
  summary: string
  minutes: number
  play: Play
  environment?: Environment | null
}

export type PlayRefusal =
  | 'class_not_open'
  | 'class_closed'
  | 'class_archived'
  | 'no_starts_left'
  | 'too_many_environments'
  | 'budget_exhausted'
  | 'provider_not_allowed'

/** Whether Play may be pressed; where not, why in a code and in words, and when it opens if that is known. */
export interface Play {
  allowed: boolean
  code?: PlayRefusal | (string & {}) | null
  reason?: string | null
  opens_at?: string | null
}

export interface Message {
  id: string
  at: string
  from: string
  text: string
  /** To this trainee alone rather than to the class. */
  personal: boolean
}

export interface Check {
  name: string
  title: string
  /** Not known until it has run. */
  passed?: boolean | null
  message?: string | null
  checked_at?: string | null
  passed_at?: string | null
}

export interface Checks {
  every_minutes?: number | null
  total: number
  passed: number
  items: Check[]
}

export interface Hand {
  since: string
  note?: string | null
}

export type ViewingPolicy = 'ask' | 'open'
export type ViewingAnswer = 'allowed' | 'refused'

/** Whether an instructor may look at the terminal, and who asked last. */
export interface Viewing {
  policy: ViewingPolicy
  asked?: { by: string; at: string } | null
  answer?: ViewingAnswer | null
}

/** What one press adds, and how much is left to add; nothing where the class allows none. */
export interface Extension {
  minutes: number
  left_minutes: number
}

type Told = Schemas['EnvironmentView']

/** What happens to an environment while somebody works in it, beside its lifecycle. */
export type Aside =
  | 'check-passed'
  | 'extended'
  | 'hand-raised'
  | 'hand-lowered'
  | 'viewing-asked'
  | 'viewing-allowed'
  | 'viewing-refused'

export type Stage = Told['timeline'][number]['stage'] | Aside | 'idle'

export interface TimelineEntry {
  stage: Stage
  at: string
  detail?: string | null
}

export type Receipt = Omit<NonNullable<Told['receipt']>, 'reason'> & {
  reason: NonNullable<Told['receipt']>['reason'] | 'idle'
}

export type Environment = Omit<Told, 'timeline' | 'receipt'> & {
  timeline: TimelineEntry[]
  receipt?: Receipt | null
  trace_id: string
  checks: Checks
  hand?: Hand | null
  viewing?: Viewing | null
  extension?: Extension | null
  messages: Message[]
  idle_minutes?: number | null
}

export type Access = NonNullable<Environment['access']>
export type WebTab = Access['tabs'][number]
export type Start = NonNullable<Environment['start']>
export type Placement = NonNullable<Environment['placement']>
export type Rest = NonNullable<Provider['resting']>
export type Status = Environment['status']

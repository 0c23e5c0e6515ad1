/** The shapes of the instructor's routes. Money is whole micro-US-dollars, times are RFC 3339 in UTC, ids are opaque. */
import type {
  Environment,
  Hand,
  Member,
  ProviderKind,
  Receipt,
  Status,
  ViewingAnswer,
  ViewingPolicy,
} from './types'

/** A record as it was read, with the mark that an edit of it must present (`ETag`, `If-Match`). */
export interface Versioned<T> {
  value: T
  etag: string
}

// Classes

export type ClassState = 'upcoming' | 'open' | 'closed' | 'archived' | 'deleting'

export interface ClassSummary {
  id: string
  code: string
  title: string
  state: ClassState
  opens_at?: string | null
  closes_at?: string | null
  time_zone: string
  archived_at?: string | null
  seats: number
}

export interface ClassSettings {
  title: string
  time_zone: string
  opens_at?: string | null
  closes_at?: string | null
  seats: number
  environments_per_trainee: number
  idle_minutes?: number | null
  /** The most that anybody may add to one environment. */
  max_extra_minutes: number
  /** What one press by the trainee adds, within `max_extra_minutes`. */
  trainee_extension_minutes: number
  providers: ProviderKind[]
  budget_micro_usd?: number | null
  viewing: ViewingPolicy
  instructors?: string[]
}

export type NewClass = ClassSettings & { code: string }

export interface Spending {
  /** What ended environments cost, and what running ones may cost at most. */
  committed_micro_usd: number
  budget_micro_usd: number
}

export type Class = ClassSettings & {
  id: string
  code: string
  state: ClassState
  created_at: string
  archived_at?: string | null
  spending?: Spending | null
  people?: number | null
}

export interface ClassDeletion {
  class_id: string
  code: string
  title: string
  deleted_by: string
  begun_at: string
  /** Missing while it goes on: delete again to go on where it was. */
  deleted_at?: string | null
  counts: {
    members: number
    environments: number
    labs: number
    lab_versions: number
    messages: number
    events: number
    join_links: number
  }
  machines: { total: number; verified_absent: number }
  verified_absent: boolean
}

export interface Instructor extends Member {
  disabled: boolean
}

// Labs

export interface AdminLab {
  slug: string
  title: string
  summary: string
  minutes: number
  version: string
  pushed_at: string
  pushed_by: string
  position: number
  hidden: boolean
  starts_per_trainee?: number | null
  check_count: number
  placements: { provider: ProviderKind; region: string; size?: string; image?: string }[]
  worst_case_micro_usd?: number | null
  /** How many environments run an older version. */
  old_running: number
  /** For `If-Match`, as the ETag of the lab alone. */
  revision: number
}

export interface LabVersionEntry {
  version: string
  pushed_at: string
  pushed_by: string
  current: boolean
}

export interface LabFileEntry {
  path: string
  bytes: number
  executable: boolean
}

export type AdminLabDetail = AdminLab & {
  versions: LabVersionEntry[]
  files: LabFileEntry[]
  guide: string
}

export interface LabSettings {
  position: number
  hidden: boolean
  starts_per_trainee: number | null
}

/** One file of a lab as it is sent: `content` is base64. */
export interface LabFile {
  path: string
  executable: boolean
  content: string
}

/** A lab as it is uploaded: a folder's files, or an archive as it is. */
export type LabUpload = { files: LabFile[] } | { archive: Blob; type: 'application/zip' | 'application/gzip' }

export interface LabPush {
  slug: string
  title: string
  version: string
  unchanged: boolean
}

export interface LabProblem {
  file: string
  line?: number | null
  column?: number | null
  field?: string | null
  problem: string
  fix?: string | null
}

export interface LabValidation {
  problems: LabProblem[]
  slug?: string | null
  title?: string | null
}

// People

export type PersonState = 'invited' | 'active' | 'suspended'

export interface Person extends Member {
  email?: string | null
  state: PersonState
  extra_time_percent: number
  joined_via: 'roster' | 'link' | 'added'
  created_at: string
  last_sign_in_at?: string | null
  revision: number
}

export interface PersonPage {
  members: Person[]
  next_cursor?: string | null
}

export interface NewPerson {
  name?: string
  display_name: string
  email?: string
  password?: string
}

export interface AddedPerson {
  member: Person
  /** One-time, where no password was given. */
  code?: string | null
}

export interface PersonEdit {
  display_name: string
  email: string | null
  extra_time_percent: number
  suspended: boolean
}

export interface OneTimeCode {
  code: string
  expires_at: string
}

export type RosterMode = 'preview' | 'good' | 'all'
export type RosterField = 'name' | 'display_name' | 'email' | 'extra_time_percent'

export interface RosterRow {
  /** As a spreadsheet counts: the first line of the file is 1. */
  row: number
  outcome: 'new' | 'unchanged' | 'bad'
  display_name: string
  name: string
  problems: { field: string; problem: string; fix: string }[]
}

export interface RosterOutcome {
  mode: RosterMode
  /** The header that each column of ours was found under. */
  columns: Partial<Record<RosterField, string | null>>
  delimiter: string
  encoding: string
  rows: RosterRow[]
  counts: { new: number; unchanged: number; bad: number }
  imported: boolean
  codes: { name: string; display_name: string; code: string }[]
  codes_expire_at?: string | null
}

export interface JoinLink {
  id: string
  created_at: string
  created_by: string
  expires_at: string
  seats: number
  used: number
  revoked_at?: string | null
}

/** The address is told once, when the link is made. */
export type NewJoinLink = JoinLink & { url: string; token: string }

// The room

export type TileState =
  'waiting' | 'starting' | 'working' | 'idle' | 'stuck' | 'done' | 'stopping' | 'ended' | 'failed'

export interface Tile {
  id: string
  lab: string
  state: TileState
  since: string
  ahead?: number | null
  stage?: string | null
  failure?: { code: string; message: string } | null
  requested_at: string
  ready_at?: string | null
  expires_at?: string | null
  checks_passed: number
  checks_total: number
  last_active_at?: string | null
  hand?: Hand | null
  viewing?: { asked_by?: string | null; asked_at?: string | null; answer?: ViewingAnswer | null } | null
  old_version: boolean
  provider?: ProviderKind | null
  cost_micro_usd?: number | null
}

export interface RoomPerson extends Member {
  suspended: boolean
  extra_time_percent: number
  environments: Tile[]
}

export interface Room {
  class: { id: string; code: string; title: string; state: ClassState; closes_at?: string | null }
  now: string
  labs: { slug: string; title: string; version: string; checks: number }[]
  people: RoomPerson[]
  next?: null
}

export type RoomActionKind = 'start' | 'stop' | 'extend' | 'restart' | 'message' | 'lower-hand'

export interface RoomAction {
  /** Unique text of the client, 1 to 64: the same id is the same action, however often it is sent. */
  id: string
  action: RoomActionKind
  /** At most 100; a message without any goes to the whole class. */
  members?: string[]
  lab?: string
  minutes?: number
  text?: string
  preview?: boolean
}

export interface RoomActionOutcome {
  action: RoomActionKind
  preview: boolean
  results: {
    member: string
    environment?: string | null
    /** `stopping`: the old machine of a restart is not gone yet; the same action, repeated, goes on from there. */
    outcome: 'would-do' | 'done' | 'nothing-to-do' | 'refused' | 'stopping'
    reason?: string | null
  }[]
}

export interface SentMessage {
  id: string
  at: string
  from: string
  text: string
  /** Members' ids; none for a message to the whole class. */
  to: string[]
}

// Environments, events, usage, receipts

export interface ClassEnvironment {
  member?: Member | null
  environment: Environment
}

export interface ClassEnvironmentPage {
  environments: ClassEnvironment[]
  next_cursor?: string | null
}

export type ClassEnvironmentDetail = ClassEnvironment & {
  lab_version: string
  machine_label?: string | null
  cost_micro_usd?: number | null
  extensions: { minutes: number; by: string; at: string }[]
}

export interface TerminalView {
  state: 'asked' | 'allowed' | 'refused'
  access?: { terminal_url: string; viewer_secret: string } | null
}

export interface ClassEvent {
  id: string
  at: string
  actor: { kind: 'instructor' | 'operator' | 'trainee'; id?: string | null; name: string }
  action: string
  target?: string | null
  changes: { field: string; from?: unknown; to?: unknown }[]
  trace_id?: string | null
}

export interface ClassEventPage {
  events: ClassEvent[]
  next_cursor?: string | null
}

export interface UsageRow {
  member: Member
  lab: { slug: string; title: string }
  starts: number
  failures: number
  minutes: number
  cost_micro_usd?: number | null
  checks_passed: number
  checks_total: number
  last_at?: string | null
}

export interface Usage {
  rows: UsageRow[]
  totals: {
    starts: number
    failures: number
    minutes: number
    cost_micro_usd?: number | null
    people: number
  }
  by_hour: { hour: string; running: number }[]
}

export interface ClassReceipt {
  environment: string
  member?: Member | null
  lab: { slug: string; title: string }
  status: Status
  requested_at: string
  receipt?: Receipt | null
}

export interface ClassReceiptPage {
  receipts: ClassReceipt[]
  next_cursor?: string | null
}

/**
 * The shapes of the instructor's routes: the API's own, by the names that the portal has for them. Money is whole
 * micro-US-dollars, times are RFC 3339 in UTC, ids are opaque.
 */
import type { components } from './schema'

type Schemas = components['schemas']

/** A record as it was read, with the mark that an edit of it must present (`ETag`, `If-Match`). */
export interface Versioned<T> {
  value: T
  etag: string
}

// Classes

export type ClassState = Schemas['ClassState']
export type ClassSummary = Schemas['ClassSummary']
export type ClassSettings = Schemas['ClassSettings']
export type NewClass = Schemas['CreateClass']
export type ClassCopy = Schemas['CopyClass']
export type Spending = Schemas['Spending']
export type Class = Schemas['ClassView']
/** Without `deleted_at` while it goes on: delete again to go on where it was. */
export type ClassDeletion = Schemas['ClassDeletion']
export type Instructor = Schemas['InstructorView']

// Labs

export type AdminLab = Schemas['AdminLab']
export type AdminLabDetail = Schemas['AdminLabDetail']
export type LabSettings = Schemas['EditLab']
export type LabFile = Schemas['LabFile']
export type LabPush = Schemas['PushedLab']
export type LabProblem = Schemas['LabProblem']
export type LabValidation = Schemas['LabExamination']

/** A lab as it is uploaded: a folder's files, or an archive as it is. */
export type LabUpload = Schemas['PutLab'] | { archive: Blob; type: 'application/zip' | 'application/gzip' }

// People

export type PersonState = Schemas['MemberState']
export type Person = Schemas['PersonView']
export type PersonPage = Schemas['PersonList']
export type NewPerson = Schemas['CreateMember']
export type AddedPerson = Schemas['NewMember']
export type PersonEdit = Schemas['EditMember']
export type OneTimeCode = Schemas['NewCode']

export type RosterMode = Schemas['ImportMode']
export type RosterOutcome = Schemas['RosterOutcome']
export type RosterRow = Schemas['RosterRow']
export type RosterField = keyof Omit<Schemas['Columns'], 'ignored'>

export type JoinLink = Schemas['JoinLinkView']
/** The address is told once, when the link is made. */
export type NewJoinLink = Schemas['NewJoinLink']
export type JoinLinkTerms = Schemas['CreateJoinLink']

// The room

export type Tile = Schemas['TileView']
export type RoomPerson = Schemas['RoomPerson']
export type Room = Schemas['RoomView']
export type RoomActionKind = Schemas['Action']
export type RoomAction = Schemas['RoomAction']
export type RoomActionOutcome = Schemas['ActionOutcome']
export type SentMessage = Schemas['SentMessage']

// Environments, events, usage, receipts

export type ClassEnvironmentPage = Schemas['ClassEnvironmentList']
export type ClassEnvironmentDetail = Schemas['EnvironmentDetail']
export type TerminalView = Schemas['View']
export type ClassEvent = Schemas['AuditEvent']
export type ClassEventPage = Schemas['EventList']
export type UsageRow = Schemas['UsageRow']
export type Usage = Schemas['UsageView']
export type ClassReceipt = Schemas['ReceiptRow']
export type ClassReceiptPage = Schemas['ReceiptList']

/** The instructor's routes, one method each. Whoever edits hands back the record as it was read, with its mark. */
import type * as T from './adminTypes'
import type { Versioned } from './adminTypes'
import type { Http } from './http'
import type { Provider } from './types'

type Cursor = string | null

export interface AdminApi {
  /** The clouds and how starts fare there. */
  providers(): Promise<readonly Provider[]>
  instructors(): Promise<readonly T.Instructor[]>

  classes(): Promise<readonly T.ClassSummary[]>
  class(id: string): Promise<Versioned<T.Class>>
  createClass(settings: T.NewClass): Promise<T.Class>
  editClass(id: string, settings: T.ClassSettings, etag: string): Promise<Versioned<T.Class>>
  copyClass(id: string, copy: T.ClassCopy): Promise<T.Class>
  archiveClass(id: string, archived: boolean, etag: string): Promise<Versioned<T.Class>>
  /** Asked again, it goes on where it was, or answers the same receipt. */
  deleteClass(id: string): Promise<T.ClassDeletion>
  deletion(id: string): Promise<T.ClassDeletion>

  adminLabs(id: string): Promise<readonly T.AdminLab[]>
  adminLab(id: string, lab: string): Promise<Versioned<T.AdminLabDetail>>
  pushLab(id: string, lab: string, upload: T.LabUpload): Promise<T.LabPush>
  /** What is wrong with a lab, without storing anything. */
  validateLab(id: string, lab: string, upload: T.LabUpload): Promise<T.LabValidation>
  editLab(id: string, lab: string, settings: T.LabSettings, etag: string): Promise<Versioned<T.AdminLab>>
  makeCurrent(id: string, lab: string, version: string): Promise<void>
  deleteLab(id: string, lab: string): Promise<void>

  /** One page of up to 500. */
  people(id: string, cursor: Cursor): Promise<T.PersonPage>
  addPerson(id: string, person: T.NewPerson): Promise<T.AddedPerson>
  editPerson(id: string, person: string, edit: T.PersonEdit, etag: string): Promise<Versioned<T.Person>>
  /** A new one-time code; the old password stops working and every session ends. */
  resetPerson(id: string, person: string): Promise<T.OneTimeCode>
  deletePerson(id: string, person: string): Promise<void>
  importRoster(id: string, mode: T.RosterMode, csv: Blob): Promise<T.RosterOutcome>

  joinLinks(id: string): Promise<readonly T.JoinLink[]>
  createJoinLink(id: string, link: T.JoinLinkTerms): Promise<T.NewJoinLink>
  revokeJoinLink(id: string, link: string): Promise<void>

  /** The room as it is now; `known` itself where nothing has changed. */
  room(id: string, known: Versioned<T.Room> | null): Promise<Versioned<T.Room>>
  act(id: string, action: T.RoomAction): Promise<T.RoomActionOutcome>
  sentMessages(id: string): Promise<readonly T.SentMessage[]>

  classEnvironments(id: string, cursor: Cursor, member?: string): Promise<T.ClassEnvironmentPage>
  classEnvironment(id: string, environment: string): Promise<T.ClassEnvironmentDetail>
  /** Asks to see the trainee's terminal; asked again, it says what became of it. */
  viewTerminal(id: string, environment: string): Promise<T.TerminalView>
  events(id: string, cursor: Cursor): Promise<T.ClassEventPage>
  usage(id: string): Promise<T.Usage>
  usageCsv(id: string): Promise<string>
  receipts(id: string, cursor: Cursor): Promise<T.ClassReceiptPage>
  receiptsCsv(id: string): Promise<string>
}

const CLASS = '/api/admin/classes/{class}'
const LAB = `${CLASS}/labs/{lab}` as const
const PERSON = `${CLASS}/members/{member}` as const
const ENVIRONMENT = `${CLASS}/environments/{environment}` as const

export function createAdminApi(http: Http): AdminApi {
  const inClass = (id: string) => ({ path: { class: id } })
  const inLab = (id: string, lab: string) => ({ path: { class: id, lab } })
  const ofPerson = (id: string, member: string) => ({ path: { class: id, member } })
  const ofEnvironment = (id: string, environment: string) => ({ path: { class: id, environment } })

  return {
    providers: async () => (await http.call('get', '/api/admin/providers')).providers,
    instructors: async () => (await http.call('get', '/api/admin/instructors')).instructors,

    classes: () =>
      everyPage(async (cursor) => {
        const { classes, next_cursor } = await http.call('get', '/api/admin/classes', { query: { cursor } })
        return { items: classes, next: next_cursor }
      }),
    class: (id) => http.versioned('get', CLASS, inClass(id)),
    createClass: (body) => http.call('post', '/api/admin/classes', { body }),
    editClass: (id, body, ifMatch) => http.versioned('put', CLASS, { ...inClass(id), body, ifMatch }),
    copyClass: (id, body) => http.call('post', `${CLASS}/copy`, { ...inClass(id), body, patient: true }),
    archiveClass: (id, archived, ifMatch) =>
      http.versioned('post', `${CLASS}/archive`, { ...inClass(id), body: { archived }, ifMatch }),
    deleteClass: (id) => http.call('delete', CLASS, { ...inClass(id), patient: true }),
    deletion: (id) => http.call('get', '/api/admin/deletions/{class}', inClass(id)),

    adminLabs: async (id) => (await http.call('get', `${CLASS}/labs`, inClass(id))).labs,
    adminLab: (id, lab) => http.versioned('get', LAB, inLab(id, lab)),
    pushLab: (id, lab, upload) => http.call('put', LAB, { ...inLab(id, lab), ...asBody(upload) }),
    validateLab: (id, lab, upload) =>
      http.call('post', `${LAB}/validate`, { ...inLab(id, lab), ...asBody(upload) }),
    editLab: (id, lab, body, ifMatch) =>
      http.versioned('put', `${LAB}/settings`, { ...inLab(id, lab), body, ifMatch }),
    async makeCurrent(id, lab, version) {
      await http.call('put', `${LAB}/version`, { ...inLab(id, lab), body: { version } })
    },
    deleteLab: (id, lab) => http.call('delete', LAB, inLab(id, lab)),

    people: (id, cursor) => http.call('get', `${CLASS}/members`, { ...inClass(id), query: { cursor } }),
    addPerson: (id, body) => http.call('post', `${CLASS}/members`, { ...inClass(id), body }),
    editPerson: (id, person, body, ifMatch) =>
      http.versioned('put', PERSON, { ...ofPerson(id, person), body, ifMatch }),
    resetPerson: (id, person) => http.call('post', `${PERSON}/code`, ofPerson(id, person)),
    deletePerson: (id, person) => http.call('delete', PERSON, ofPerson(id, person)),
    importRoster: (id, mode, csv) =>
      http.call('post', `${CLASS}/roster`, { ...inClass(id), query: { mode }, body: csv, type: 'text/csv' }),

    joinLinks: async (id) => (await http.call('get', `${CLASS}/join-links`, inClass(id))).links,
    createJoinLink: (id, body) => http.call('post', `${CLASS}/join-links`, { ...inClass(id), body }),
    revokeJoinLink: (id, link) =>
      http.call('delete', `${CLASS}/join-links/{link}`, { path: { class: id, link } }),

    room: (id, known) => http.fresh(`${CLASS}/room`, known, inClass(id)),
    act: (id, body) => http.call('post', `${CLASS}/actions`, { ...inClass(id), body, patient: true }),
    sentMessages: async (id) => (await http.call('get', `${CLASS}/messages`, inClass(id))).messages,

    classEnvironments: (id, cursor, member) =>
      http.call('get', `${CLASS}/environments`, { ...inClass(id), query: { cursor, member } }),
    classEnvironment: (id, environment) => http.call('get', ENVIRONMENT, ofEnvironment(id, environment)),
    viewTerminal: (id, environment) =>
      http.call('post', `${ENVIRONMENT}/view`, ofEnvironment(id, environment)),
    events: (id, cursor) => http.call('get', `${CLASS}/events`, { ...inClass(id), query: { cursor } }),
    usage: (id) => http.call('get', `${CLASS}/usage`, { ...inClass(id), patient: true }),
    usageCsv: (id) => http.csv(`${CLASS}/usage`, inClass(id)),
    receipts: (id, cursor) => http.call('get', `${CLASS}/receipts`, { ...inClass(id), query: { cursor } }),
    receiptsCsv: (id) => http.csv(`${CLASS}/receipts`, inClass(id)),
  }
}

/** A lab's archive goes as it is, a folder's files as JSON. */
function asBody(upload: T.LabUpload) {
  return 'archive' in upload ? { body: upload.archive, type: upload.type } : { body: upload, patient: true }
}

/** More classes than this many pages would be a fault of the cursor. */
const MOST_PAGES = 50

async function everyPage<Item>(
  ask: (cursor: Cursor) => Promise<{ items: Item[]; next?: Cursor }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: Cursor = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await ask(cursor)
    items.push(...found.items)
    cursor = found.next ?? null
    if (cursor === null) break
  }
  return items
}

/** Classes of an instructor. Every third edit of `WITH-TWO` meets a colleague who was faster. */
import { invalid, json, marked, problem, staleness } from './answers.mjs'
import { soon } from './world.mjs'

const DAY = 24 * 3_600_000

const settings = {
  time_zone: 'Europe/Berlin',
  opens_at: soon(-3_600_000),
  closes_at: soon(DAY + 6 * 3_600_000),
  seats: 100,
  environments_per_trainee: 2,
  idle_minutes: 60,
  max_extra_minutes: 60,
  trainee_extension_minutes: 15,
  providers: ['linode', 'digitalocean'],
  budget_micro_usd: 25_000_000,
  viewing: 'ask',
  instructors: ['ins_1'],
}

export const classes = []
const receipts = new Map()

function add(changes) {
  const one = {
    ...settings,
    id: `cls_${classes.length + receipts.size + 1}`,
    created_at: soon(0),
    archived_at: null,
    spending: { committed_micro_usd: 0, budget_micro_usd: 25_000_000 },
    people: 0,
    revision: 1,
    ...changes,
  }
  classes.push(one)
  return one
}

add({
  code: 'DEVSEC-7',
  title: 'DevSecOps, autumn class',
  people: 96,
  spending: { committed_micro_usd: 4_492_500, budget_micro_usd: 25_000_000 },
})
add({ code: 'WITH-TWO', title: 'Taught with a colleague', opens_at: soon(5 * DAY), closes_at: soon(7 * DAY) })
add({
  code: 'ALWAYS',
  title: 'Self-paced practice',
  opens_at: null,
  closes_at: null,
  time_zone: 'America/New_York',
})
add({
  code: 'SPRING-3',
  title: 'DevSecOps, spring class',
  opens_at: soon(-160 * DAY),
  closes_at: soon(-158 * DAY),
})
add({
  code: 'OLD-1',
  title: 'The very first class',
  opens_at: soon(-400 * DAY),
  closes_at: soon(-398 * DAY),
  archived_at: soon(-300 * DAY),
})

function stateOf({ archived_at, opens_at, closes_at }) {
  if (archived_at) return 'archived'
  if (closes_at && Date.parse(closes_at) <= Date.now()) return 'closed'
  return opens_at && Date.parse(opens_at) > Date.now() ? 'upcoming' : 'open'
}

const shown = (one, status) => marked({ ...one, state: stateOf(one) }, status)

/** A handler for one of the classes that exist. */
export const ofClass = (handle) => (request) => {
  const found = classes.find(({ id }) => id === request.params.class)
  return found ? handle(found, request) : problem(404, 'class_not_found', 'There is no such class.')
}

const taken = (code) => classes.some((one) => one.code === code.toUpperCase())

function create({ json: asked }) {
  if (taken(asked.code)) return problem(409, 'class_code_taken', 'Another class has this code.')
  if (asked.title === 'refused') return invalid({ field: 'title', message: 'This title is refused.' })
  return shown(add({ ...asked, code: asked.code.toUpperCase() }), 201)
}

let edits = 0

function edit(one, request) {
  if (one.code === 'WITH-TWO' && edits++ % 3 === 0)
    Object.assign(one, { seats: one.seats + 20, viewing: 'open', revision: one.revision + 1 })
  const refusal = staleness(one, request)
  if (refusal) return refusal
  Object.assign(one, request.json, { revision: one.revision + 1 })
  return shown(one)
}

function copy(one, { json: asked }) {
  if (taken(asked.code)) return problem(409, 'class_code_taken', 'Another class has this code.')
  const rest = structuredClone(one)
  delete rest.id
  return shown(add({ ...rest, ...asked, revision: 1, people: 0, archived_at: null }), 201)
}

function archive(one, request) {
  const refusal = staleness(one, request)
  if (refusal) return refusal
  Object.assign(one, { archived_at: request.json.archived ? soon(0) : null, revision: one.revision + 1 })
  return shown(one)
}

function remove({ params }) {
  const one = classes.find(({ id }) => id === params.class)
  if (!one) return deletion({ params })
  if (!one.archived_at) return problem(409, 'class_not_archived', 'Archive the class first.')
  classes.splice(classes.indexOf(one), 1)
  receipts.set(one.id, {
    class_id: one.id,
    code: one.code,
    title: one.title,
    begun_at: soon(0),
    deleted_at: soon(0),
    deleted_by: 'Grace',
    counts: {
      members: 96,
      environments: 214,
      labs: 3,
      lab_versions: 8,
      messages: 12,
      events: 431,
      join_links: 2,
    },
    machines: { total: 214, verified_absent: 214 },
    verified_absent: true,
  })
  return deletion({ params })
}

const deletion = ({ params }) =>
  receipts.has(params.class)
    ? json(200, receipts.get(params.class))
    : problem(404, 'class_not_found', 'There is no such class.')

const summary = (one) => {
  const { id, code, title, opens_at, closes_at, time_zone, archived_at, seats } = one
  return { id, code, title, state: stateOf(one), opens_at, closes_at, time_zone, archived_at, seats }
}

const CLASS = '/api/admin/classes/{class}'

export const routes = [
  [
    'GET',
    '/api/admin/instructors',
    () => problem(403, 'not_the_operator', 'Only the operator may see this.'),
    'instructor',
  ],
  [
    'GET',
    '/api/admin/classes',
    () => json(200, { classes: classes.map(summary), next_cursor: null }),
    'instructor',
  ],
  ['POST', '/api/admin/classes', create, 'instructor'],
  ['GET', CLASS, ofClass((one) => shown(one)), 'instructor'],
  ['PUT', CLASS, ofClass(edit), 'instructor'],
  ['POST', `${CLASS}/copy`, ofClass(copy), 'instructor'],
  ['POST', `${CLASS}/archive`, ofClass(archive), 'instructor'],
  ['DELETE', CLASS, remove, 'instructor'],
  ['GET', '/api/admin/deletions/{class}', deletion, 'instructor'],
]

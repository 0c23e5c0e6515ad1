/** Usage, events and receipts of a class. */
import { csv, json } from './answers.mjs'
import { labs, people } from './population.mjs'
import { soon } from './world.mjs'

const CLASS = '/api/admin/classes/{class}'
const HOUR = 3_600_000

const rows = people.flatMap(({ id, name, display_name }, index) =>
  labs.slice(0, 1 + (index % 3)).map(({ slug, title }, lab) => ({
    member: { id, name, display_name },
    lab: { slug, title },
    starts: 1 + ((index + lab) % 3),
    failures: (index * 7 + lab) % 5 === 0 ? 1 : 0,
    minutes: 20 + ((index * 13 + lab * 29) % 90),
    cost_micro_usd: (20 + ((index * 13 + lab * 29) % 90)) * 300,
    checks_passed: (index + lab) % 6,
    checks_total: 5,
    last_at: soon(-((index * 11) % 300) * 60_000),
  })),
)
const sum = (field) => rows.reduce((total, row) => total + row[field], 0)

function usage({ query }) {
  if (query.get('format') === 'csv')
    return csv(
      ['name,lab,minutes', ...rows.map((r) => `${r.member.name},${r.lab.slug},${r.minutes}`)].join('\r\n'),
    )
  const by_hour = Array.from({ length: 30 }, (_, hour) => ({
    hour: new Date(Math.floor(Date.now() / HOUR) * HOUR - (29 - hour) * HOUR).toISOString(),
    running: Math.max(0, Math.round(people.length * 0.7 * Math.sin((hour % 24) / 7.6) ** 3)),
  }))
  const totals = {
    people: people.length,
    starts: sum('starts'),
    failures: sum('failures'),
    minutes: sum('minutes'),
    cost_micro_usd: sum('cost_micro_usd'),
  }
  return json(200, { rows, totals, by_hour })
}

const grace = { kind: 'instructor', id: 'ins_1', name: 'Grace' }
const change = (field, from, to) => ({ field, from, to })
const EVENTS = [
  [
    'class.edited',
    grace,
    null,
    [change('idle_minutes', '30', '45'), change('closes_at', null, '2026-12-01T17:00:00Z')],
  ],
  ['member.edited', grace, 'lin', [change('extra_time_percent', '0', '50')]],
  ['viewing.allowed', { kind: 'trainee', id: 'mem_001', name: 'Ada' }, 'env_1', []],
  ['room.message', grace, 'the class', [change('text', null, 'Coffee at eleven.')]],
  ['lab.pushed', grace, 'secrets-in-git', [change('version', 'v2', 'v3')]],
  ['class.created', { kind: 'operator', id: null, name: 'Operator' }, 'DEVSEC-7', []],
]
const events = Array.from({ length: 130 }, (_, index) => {
  const [action, actor, target, changes] = EVENTS[index % EVENTS.length]
  return {
    id: `evt_${index}`,
    at: soon(-index * 7 * 60_000),
    actor,
    action,
    target,
    changes,
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  }
})

/** One page of a list, 50 at a time. */
function page(list, name, query) {
  const from = Number(query.get('cursor') ?? 0)
  const next = from + 50 < list.length ? String(from + 50) : null
  return json(200, { [name]: list.slice(from, from + 50), next_cursor: next })
}

const receipts = rows.map(({ member, lab, last_at }, index) => ({
  environment: `env_${index}`,
  member,
  lab,
  status: 'gone',
  requested_at: last_at,
  receipt: null,
}))

export const routes = [
  ['GET', `${CLASS}/usage`, usage, 'instructor'],
  ['GET', `${CLASS}/events`, ({ query }) => page(events, 'events', query), 'instructor'],
  [
    'GET',
    `${CLASS}/receipts`,
    ({ query }) =>
      query.get('format') === 'csv' ? csv('environment,name\r\n') : page(receipts, 'receipts', query),
    'instructor',
  ],
]

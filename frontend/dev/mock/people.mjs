/** People of a class, rosters and join links. A roster's row is bad when its e-mail has no `@` or stands there twice. */
import Papa from 'papaparse'

import { json, marked, noContent, problem, staleness } from './answers.mjs'
import { people as seated } from './population.mjs'
import { soon } from './world.mjs'

const DAY = 24 * 3_600_000
const PAGE = 500

const person = (changes) => ({
  email: null,
  state: 'active',
  extra_time_percent: 0,
  joined_via: 'roster',
  created_at: soon(-3 * DAY),
  revision: 1,
  ...changes,
})

const people = seated.map(({ id, name, display_name, suspended, extra_time_percent }, index) =>
  person({
    id,
    name,
    display_name,
    extra_time_percent,
    email: index % 3 === 0 ? null : `${name}@class.example`,
    state: suspended ? 'suspended' : index % 7 === 0 ? 'invited' : 'active',
    joined_via: ['roster', 'roster', 'link', 'added'][index % 4],
  }),
)

const code = () =>
  Array.from({ length: 3 }, () => Math.random().toString(36).slice(2, 6).toUpperCase().padEnd(4, 'X')).join(
    '-',
  )
const nameFrom = (text) =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.|\.$/g, '')

function page({ query }) {
  const from = Number(query.get('cursor') ?? 0)
  const next = from + PAGE < people.length ? String(from + PAGE) : null
  return json(200, { members: people.slice(from, from + PAGE), next_cursor: next })
}

function add({ json: asked }) {
  const name = asked.name || nameFrom(asked.display_name)
  if (people.some((one) => one.name === name))
    return problem(409, 'name_taken', `Somebody in this class is called ${name} already.`, [
      { field: 'name', message: 'is taken' },
    ])
  const { password, ...rest } = asked
  const member = person({
    ...rest,
    name,
    id: `mem_${people.length + 1}x`,
    joined_via: 'added',
    state: password ? 'active' : 'invited',
    created_at: soon(0),
  })
  people.push(member)
  return json(201, { member, code: password ? null : code() })
}

const ofOne = (handle) => (request) => {
  const found = people.find(({ id }) => id === request.params.member)
  return found ? handle(found, request) : problem(404, 'member_not_found', 'There is no such person.')
}

function edit(one, request) {
  const refusal = staleness(one, request)
  if (refusal) return refusal
  const { suspended, ...rest } = request.json
  const state = suspended ? 'suspended' : one.state === 'suspended' ? 'active' : one.state
  Object.assign(one, rest, { state, revision: one.revision + 1 })
  return json(200, one, { etag: `"${one.revision}"` })
}

function reset(one) {
  one.state = 'invited'
  return json(201, { code: code(), expires_at: soon(14 * DAY) })
}

function remove(one) {
  if (one.id === people[1]?.id)
    return problem(409, 'member_still_running', 'This person has a machine running. Stop it first.')
  people.splice(people.indexOf(one), 1)
  return noContent()
}

function roster({ query, raw }) {
  const mode = query.get('mode')
  const { data, meta } = Papa.parse(
    raw
      .toString()
      .replace(/^\ufeff/, '')
      .trim(),
    { header: true },
  )
  const headerOf = (...known) =>
    meta.fields?.find((field) => known.includes(field.trim().toLowerCase())) ?? null
  const columns = {
    name: headerOf('name', 'user', 'login'),
    display_name: headerOf('display_name', 'display name', 'full name', 'student'),
    email: headerOf('email', 'e-mail', 'mail'),
    extra_time_percent: headerOf('extra_time_percent', 'extra time'),
    ignored: [],
  }
  const seen = new Map()
  const rows = data.map((values, index) => {
    const row = index + 2
    const email = (columns.email && values[columns.email]?.trim()) || null
    const display = (columns.display_name && values[columns.display_name]?.trim()) || ''
    const name = nameFrom((columns.name && values[columns.name]) || email?.split('@')[0] || display)
    const problems = []
    if (!display)
      problems.push({ field: 'display_name', problem: 'is empty', fix: 'write the person’s name' })
    if (email && !email.includes('@'))
      problems.push({
        field: 'email',
        problem: `“${email}” is no e-mail address`,
        fix: 'correct it, or leave it empty',
      })
    if (email && seen.has(email))
      problems.push({
        field: 'email',
        problem: `is the same as in row ${seen.get(email)}`,
        fix: 'remove one of the two rows',
      })
    if (email) seen.set(email, row)
    const known = people.some((one) => one.name === name)
    return {
      row,
      outcome: problems.length ? 'bad' : known ? 'unchanged' : 'new',
      display_name: display,
      name,
      problems,
    }
  })
  const counts = { new: 0, unchanged: 0, bad: 0 }
  for (const { outcome } of rows) counts[outcome] += 1
  const imported = mode === 'good' || (mode === 'all' && counts.bad === 0)
  const codes = []
  if (imported)
    for (const { outcome, name, display_name } of rows)
      if (outcome === 'new') {
        people.push(person({ id: `mem_${people.length + 1}r`, name, display_name, state: 'invited' }))
        codes.push({ name, display_name, code: code() })
      }
  return json(200, {
    mode,
    columns,
    delimiter: meta.delimiter,
    encoding: 'UTF-8',
    notices: [],
    rows,
    counts,
    imported,
    codes,
    codes_expire_at: codes.length ? soon(14 * DAY) : null,
  })
}

const links = [
  {
    id: 'lnk_0',
    created_at: soon(-2 * DAY),
    created_by: 'Grace',
    expires_at: soon(-DAY),
    seats: 30,
    used: 28,
    revoked_at: null,
  },
]

function createLink({ json: asked, headers }) {
  const token = Array.from({ length: 26 }, () => Math.floor(Math.random() * 36).toString(36)).join('')
  const link = {
    id: `lnk_${links.length}`,
    created_at: soon(0),
    created_by: 'Grace',
    used: 0,
    revoked_at: null,
    ...asked,
  }
  links.unshift(link)
  return json(201, { ...link, token, url: `${headers.origin ?? 'https://labs.example'}/join#${token}` })
}

function revoke({ params }) {
  const link = links.find(({ id }) => id === params.link)
  if (link) link.revoked_at ??= soon(0)
  return noContent()
}

const CLASS = '/api/admin/classes/{class}'

export const routes = [
  ['GET', `${CLASS}/members`, page, 'instructor'],
  ['POST', `${CLASS}/members`, add, 'instructor'],
  ['GET', `${CLASS}/members/{member}`, ofOne((one) => marked(one)), 'instructor'],
  ['PUT', `${CLASS}/members/{member}`, ofOne(edit), 'instructor'],
  ['POST', `${CLASS}/members/{member}/code`, ofOne(reset), 'instructor'],
  ['DELETE', `${CLASS}/members/{member}`, ofOne(remove), 'instructor'],
  ['POST', `${CLASS}/roster`, roster, 'instructor'],
  ['GET', `${CLASS}/join-links`, () => json(200, { links }), 'instructor'],
  ['POST', `${CLASS}/join-links`, createLink, 'instructor'],
  ['DELETE', `${CLASS}/join-links/{link}`, revoke, 'instructor'],
]

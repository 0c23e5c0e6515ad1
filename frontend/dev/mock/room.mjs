/** The room, actions in it, messages, and looking at a terminal. */
import { json, problem } from './answers.mjs'
import { changed, labs, move, people, revision, tile } from './population.mjs'
import { port, soon } from './world.mjs'

const CLASS = '/api/admin/classes/{class}'
const running = ({ state }) => !['ended', 'failed', 'stopping'].includes(state)

function room({ headers, params }) {
  const etag = `"${revision}"`
  if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } }
  const theClass = {
    id: params.class,
    code: 'DEVSEC-7',
    title: 'DevSecOps, autumn class',
    state: 'open',
    closes_at: soon(6 * 3_600_000),
  }
  return json(200, { class: theClass, now: soon(0), labs, people }, { etag })
}

/** By the action's id: asked again, it is answered again and not done again. */
const answered = new Map()
const messages = [
  { id: 'msg_1', at: soon(-40 * 60_000), from: 'Grace', text: 'Coffee at eleven.', to: [] },
  { id: 'msg_2', at: soon(-60_000), from: 'Grace', text: 'Look at the second commit.', to: ['mem_001'] },
]

function act({ json: asked }) {
  const { id, action, preview = false } = asked
  if ((asked.members?.length ?? 0) > 100)
    return problem(422, 'invalid_request', 'At most 100 people in one call.')
  if (answered.has(id)) return json(200, answered.get(id))
  const members = asked.members ?? people.map((person) => person.id)
  const results = members.flatMap((member) => outcome(asked, member))
  if (action === 'message' && !preview)
    messages.unshift({ id, at: soon(0), from: 'Grace', text: asked.text, to: asked.members ?? [] })
  const answer = { action, preview, results }
  if (!preview) {
    answered.set(id, answer)
    changed()
  }
  return json(200, answer)
}

function outcome({ action, lab, minutes, preview }, member) {
  const person = people.find(({ id }) => id === member)
  const say = (outcome, reason = null, environment = null) => ({ member, environment, outcome, reason })
  if (!person) return [say('refused', 'this person is no longer in the class')]
  const happens = (environment, effect) => {
    if (!preview) effect()
    return say(preview ? 'would-do' : 'done', null, environment)
  }
  const found = person.environments.filter((each) => running(each) && (!lab || each.lab === lab))
  switch (action) {
    case 'message':
      return [happens(null, () => undefined)]
    case 'start':
      if (person.suspended) return [say('refused', 'this person is suspended')]
      if (found.length > 0) return [say('nothing-to-do', 'the lab runs already', found[0].id)]
      return [happens(null, () => person.environments.unshift(tile(lab, 'waiting', 0)))]
    case 'lower-hand':
      return found.some(({ hand }) => hand)
        ? found.filter(({ hand }) => hand).map((each) => happens(each.id, () => (each.hand = null)))
        : [say('nothing-to-do', 'no hand is raised')]
  }
  if (found.length === 0) return [say('nothing-to-do', 'nothing runs')]
  return found.map((each) => {
    if (action === 'extend') {
      if (!each.expires_at) return say('refused', 'it is not ready yet', each.id)
      return happens(
        each.id,
        () => (each.expires_at = new Date(Date.parse(each.expires_at) + minutes * 60_000).toISOString()),
      )
    }
    return happens(each.id, () => {
      move(each, 'stopping')
      if (action === 'restart') person.environments.unshift(tile(each.lab, 'waiting', 0))
    })
  })
}

const owner = (id) => {
  const member = people.find(({ environments }) => environments.some((each) => each.id === id))
  return member && { member, tile: member.environments.find((each) => each.id === id) }
}

const unknown = () => problem(404, 'environment_not_found', 'There is no such environment in this class.')
const before = (at, seconds) => new Date(Date.parse(at) + seconds * 1_000).toISOString()

function environment({ params }) {
  const found = owner(params.environment)
  if (!found) return unknown()
  const { member, tile: shown } = found
  const { id, name, display_name } = member
  const at = (seconds) => before(shown.requested_at, seconds)
  const timeline = [
    { stage: 'requested', at: at(0), detail: null },
    { stage: 'waiting', at: at(1.2), detail: 'in line at Linode, about 12 before' },
    { stage: 'creating', at: at(9.4), detail: 'linode, eu-west' },
    { stage: 'machine-created', at: at(12), detail: null },
    { stage: 'agent-started', at: at(29), detail: null },
    { stage: 'setting-up', at: at(30), detail: null },
  ]
  const ready = shown.ready_at !== null
  if (ready) timeline.push({ stage: 'ready', at: at(40), detail: null })
  const over = shown.state === 'ended' || shown.state === 'failed'
  if (shown.state === 'failed') timeline.push({ stage: 'failed', at: at(52), detail: shown.failure.message })
  if (over)
    timeline.push(
      { stage: 'stop-requested', at: at(2_400), detail: null },
      { stage: 'deleting', at: at(2_401), detail: null },
      { stage: 'deleted', at: at(2_409), detail: null },
    )
  const titles = ['Find the leaked secrets', 'Say who could read them', 'Take them out', 'Revoke', 'Prove it']
  return json(200, {
    member: { id, name, display_name },
    environment: {
      id: shown.id,
      lab: { slug: shown.lab, title: labs.find(({ slug }) => slug === shown.lab).title },
      status: over ? (shown.state === 'failed' ? 'failed' : 'gone') : ready ? 'ready' : 'creating',
      wanted: over ? 'gone' : 'running',
      requested_at: shown.requested_at,
      expires_at: shown.expires_at,
      timeline,
      placement: { provider: shown.provider, region: 'eu-west' },
      attempt: 1,
      start: null,
      access: null,
      failure: shown.failure,
      receipt: over ? receipt(shown, at) : null,
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      checks: {
        every_minutes: 2,
        total: 5,
        passed: shown.checks_passed,
        items: titles.map((title, index) => ({
          name: `${index + 1}-check`,
          title,
          passed: !ready ? null : index < shown.checks_passed,
          message: ready && index === shown.checks_passed ? 'deploy.env is still in the history' : null,
          checked_at: ready ? at(1_500) : null,
          passed_at: ready && index < shown.checks_passed ? at(300 + 240 * index) : null,
        })),
      },
      hand: shown.hand,
      viewing: { policy: 'ask', asked: null, answer: null },
      extension: { minutes: 15, left_minutes: 45 },
      messages: [],
      idle_minutes: 30,
    },
    lab_version: 'v3',
    machine_label: `${shown.id.replace('_', '-')}-1`,
    cost_micro_usd: shown.cost_micro_usd,
    extensions: ready ? [{ minutes: 15, by: 'Grace', at: at(1_900) }] : [],
  })
}

const receipt = (shown, at) => ({
  reason: shown.state === 'failed' ? 'failed' : 'stopped',
  completed_at: at(2_410),
  keys: ['access secret', 'machine token'].map((name) => ({ name, removed_at: at(2_410) })),
  resources: [
    {
      kind: 'machine',
      provider: shown.provider,
      id: '48213377',
      label: `${shown.id.replace('_', '-')}-1`,
      region: 'eu-west',
      created_at: at(12),
      delete_requested_at: at(2_401),
      verified_absent_at: at(2_409),
      evidence: 'GET /v4/linode/instances/48213377 answered 404; no machine carries the label',
    },
  ],
})

/** Consent takes a few questions; the last person of the class refuses. */
const asked = new Map()
function view({ params }) {
  const found = owner(params.environment)
  if (!found) return unknown()
  const times = (asked.get(params.environment) ?? 0) + 1
  asked.set(params.environment, times)
  if (found.member === people.at(-1))
    return json(200, { state: times > 2 ? 'refused' : 'asked', access: null })
  if (times < 4) return json(200, { state: 'asked', access: null })
  return json(200, {
    state: 'allowed',
    access: { terminal_url: `ws://127.0.0.1:${port}/terminal`, viewer_secret: 'viewer' },
  })
}

export const routes = [
  ['GET', `${CLASS}/room`, room, 'instructor'],
  ['POST', `${CLASS}/actions`, act, 'instructor'],
  ['GET', `${CLASS}/messages`, () => json(200, { messages }), 'instructor'],
  ['GET', `${CLASS}/environments/{environment}`, environment, 'instructor'],
  ['POST', `${CLASS}/environments/{environment}/view`, view, 'instructor'],
]

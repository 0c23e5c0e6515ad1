/** Signing in, and everything a trainee asks for. */
import { json, noContent, problem } from './answers.mjs'
import { live, remove, start } from './environments.mjs'
import { anew, answerViewing, environmentChecks, extend, extension, hand } from './help.mjs'
import { labs, markdown, opensAt, soon, world } from './world.mjs'

const theClass = (code) => ({
  id: 'cls_1',
  code,
  title: 'DevSecOps, autumn class',
  time_zone: 'Europe/Berlin',
  opens_at: opensAt,
  closes_at: soon(8 * 3_600_000),
})

/** Wrong guesses in a row: after three of them the door stays shut for a moment. */
let guesses = 0
const GUESSES = 3
const SHUT_SECS = 20

function login({ json: asked }) {
  const { class_code: code, name, password } = asked
  if (password === 'wrong') {
    guesses += 1
    if (guesses % (GUESSES + 1) === 0)
      return problem(429, 'too_many_guesses', 'too many wrong guesses for this name', [], {
        'retry-after': String(SHUT_SECS),
      })
    return problem(401, 'invalid_credentials', 'name and password do not belong together')
  }
  if (name === 'mallory') return problem(403, 'suspended', 'this account is suspended')
  if (code && /[^A-Za-z0-9-]/.test(code)) {
    return problem(422, 'invalid_request', 'Some fields need another look.', [
      { field: 'class_code', message: 'A class code has letters, digits and dashes only.' },
    ])
  }
  const expires_at = soon(8 * 3_600_000)
  world.session = code
    ? {
        kind: 'trainee',
        member: { id: 'mem_1', name, display_name: 'Ada' },
        class: theClass(code),
        expires_at,
      }
    : {
        kind: 'instructor',
        instructor: { id: 'ins_1', name, display_name: 'Grace', disabled: false },
        expires_at,
      }
  return json(200, world.session)
}

const enter = (code, name, display_name) => {
  const member = { id: 'mem_1', name, display_name }
  world.session = { kind: 'trainee', member, class: theClass(code), expires_at: soon(8 * 3_600_000) }
  return world.session
}

function redeem({ json: { class_code: code, name, code: once } }) {
  if (once === 'old') return problem(410, 'code_expired', 'the code has expired')
  if (once === 'wrong') return problem(401, 'invalid_credentials', 'they do not belong together')
  return json(200, enter(code, name, 'Ada'))
}

/** Tokens that are over or full, and a name that is taken, are known by their words. */
function join({ json: { token, display_name: name } }) {
  if (token === 'over') return problem(410, 'link_over', 'the link was revoked')
  if (token === 'full') return problem(409, 'class_full', 'every seat of the class is taken')
  if (name === 'Ada') return problem(409, 'name_taken', 'somebody in the class has this name')
  return json(201, enter('DEVSEC-7', name.toLowerCase().replace(/\s+/g, '-'), name))
}

function logout() {
  world.session = null
  return noContent()
}

/** Whether Play is allowed: the class may not be open yet, and one lab is never to be had. */
function playOf({ slug }) {
  if (opensAt && Date.now() < Date.parse(opensAt)) {
    const reason = 'the class is not open yet'
    return { allowed: false, code: 'class_not_open', reason, opens_at: opensAt }
  }
  if (slug === 'too-dear') {
    const reason = "the class's budget does not cover another machine; tell your instructor"
    return { allowed: false, code: 'budget_exhausted', reason, opens_at: null }
  }
  return { allowed: true, code: null, reason: null, opens_at: null }
}

/** An environment as it is told: with what the class and its machine say at this moment. */
function told(environment) {
  const checked = environment.lab.slug === 'secrets-in-git'
  if (environment.status === 'ready') {
    if (environment.extension === undefined) environment.extension = extension()
    if (checked) environment.checks = environmentChecks()
  }
  return { ...environment, extension: environment.extension ?? null, messages: world.messages }
}

function listed(lab) {
  const found = world.environments.find((e) => e.lab.slug === lab.slug)
  return { ...lab, play: playOf(lab), environment: found ? told(found) : null }
}

const listLabs = () =>
  json(200, { class: world.session.class, labs: labs.map(listed), messages: world.messages })

function play({ params }) {
  const lab = labs.find(({ slug }) => slug === params.lab)
  if (!lab) return problem(404, 'lab_not_found', 'There is no such lab in this class.')
  const { allowed, code, reason } = playOf(lab)
  if (!allowed) return problem(409, code, reason)
  const running = live(params.lab)
  if (running?.wanted === 'gone')
    return problem(
      409,
      'environment_deleting',
      'Your last machine is still being deleted. Try again in a moment.',
    )
  if (!running) anew()
  return json(202, running ?? start(lab))
}

/** A handler for one of the environments that exist. */
const ofOne = (handle) => (request) => {
  const found = world.environments.find(({ id }) => id === request.params.environment)
  if (!found) return problem(404, 'environment_not_found', 'There is no such environment.')
  const answer = handle(found, request)
  return answer.body === found ? { ...answer, body: told(found) } : answer
}

function stop(environment) {
  remove(environment, 'stopped')
  return json(202, environment)
}

export const routes = [
  ['GET', '/api/health', () => json(200, { status: 'ok' }), 'open'],
  ['POST', '/api/login', login, 'open'],
  ['POST', '/api/redeem', redeem, 'open'],
  ['POST', '/api/join', join, 'open'],
  ['POST', '/api/logout', logout],
  ['GET', '/api/me', () => json(200, world.session)],
  ['GET', '/api/labs', listLabs],
  ['POST', '/api/labs/{lab}/start', play],
  [
    'GET',
    '/api/environments',
    () =>
      json(200, { environments: world.environments.map((e) => ({ ...told(e), access: null, start: null })) }),
  ],
  ['GET', '/api/environments/{environment}', ofOne((environment) => json(200, environment))],
  [
    'GET',
    '/api/environments/{environment}/guide',
    ofOne((environment) => json(200, { title: environment.lab.title, markdown })),
  ],
  ['POST', '/api/environments/{environment}/stop', ofOne(stop)],
  ['POST', '/api/environments/{environment}/extend', ofOne(extend)],
  ['POST', '/api/environments/{environment}/hand', ofOne(hand)],
  ['POST', '/api/environments/{environment}/viewing', ofOne(answerViewing)],
]

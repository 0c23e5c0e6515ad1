/** A class full of people whose environments live their lives: `MOCK_PEOPLE` of them (40), changing every two seconds. */
import { labs as allLabs } from './world.mjs'

const size = Number(process.env.MOCK_PEOPLE ?? 40)
const everyMs = 2_000
const MINUTE = 60_000

/** The same class at every start. */
let seed = 7
const chance = () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}
const pick = (list) => list[Math.floor(chance() * list.length)]
const ago = (milliseconds) => new Date(Date.now() - milliseconds).toISOString()
const padded = (number) => String(number).padStart(3, '0')

export const labs = allLabs.slice(0, 3).map(({ slug, title }) => ({ slug, title, version: 'v3', checks: 5 }))

/** What comes after what. */
const COURSE = {
  waiting: ['starting'],
  starting: ['working', 'working', 'working', 'failed'],
  working: ['idle', 'stuck', 'done', 'working'],
  idle: ['working', 'stopping'],
  stuck: ['working'],
  done: ['stopping'],
  stopping: ['ended'],
  ended: ['waiting'],
  failed: ['waiting'],
}
const STAGES = ['creating', 'machine-created', 'agent-started', 'setting-up']
const FAILURES = [
  { code: 'setup_failed', message: 'the lab’s set-up script ended with an error: setup.sh ended with 1' },
  { code: 'no_placement', message: 'every place of this lab had no machine' },
]

export let revision = 1
export const changed = () => (revision += 1)

let made = 0
export function tile(lab, state, requested = chance() * 50 * MINUTE) {
  made += 1
  const started = !['waiting', 'starting', 'failed'].includes(state)
  return {
    id: `env_${String(made).padStart(26, '0')}`,
    lab,
    state,
    since: ago(chance() * requested),
    ahead: state === 'waiting' ? Math.floor(chance() * 40) : null,
    stage: state === 'starting' ? pick(STAGES) : null,
    failure: state === 'failed' ? pick(FAILURES) : null,
    requested_at: ago(requested),
    ready_at: started ? ago(requested - 40_000) : null,
    expires_at: started ? ago(requested - 90 * MINUTE) : null,
    checks_passed: state === 'done' ? 5 : started ? Math.floor(chance() * 5) : 0,
    checks_total: 5,
    last_active_at: started ? ago(chance() * (state === 'idle' ? 40 : 3) * MINUTE) : null,
    hand: null,
    viewing: null,
    old_version: chance() < 0.08,
    provider: pick(['linode', 'digitalocean']),
    cost_micro_usd: Math.floor(chance() * 20_000),
  }
}

function person(index) {
  const known = ['Ada', 'Lin'][index]
  const name = known?.toLowerCase() ?? `trainee-${padded(index + 1)}`
  const dice = chance()
  const state =
    dice < 0.1
      ? null
      : dice < 0.2
        ? 'waiting'
        : dice < 0.3
          ? 'starting'
          : dice < 0.65
            ? 'working'
            : pick(Object.keys(COURSE))
  const environments = state && index > 0 ? [tile(labs[index % 3].slug, state)] : []
  if (index === 0)
    environments.push({
      ...tile(labs[0].slug, 'stuck'),
      hand: { since: ago(4 * MINUTE), note: 'My push is refused' },
    })
  if (index % 23 === 5) environments.push({ ...tile(labs[(index + 1) % 3].slug, 'ended', 70 * MINUTE) })
  if (index % 17 === 9 && environments[0])
    environments[0].hand = { since: ago(chance() * 9 * MINUTE), note: null }
  if (index % 29 === 3 && environments[0])
    environments[0].viewing = { asked_by: 'Grace', asked_at: ago(MINUTE), answer: 'allowed' }
  return {
    id: `mem_${padded(index + 1)}`,
    name,
    display_name: known ?? `Trainee ${padded(index + 1)}`,
    suspended: index % 41 === 13,
    extra_time_percent: index % 19 === 7 ? 50 : 0,
    environments,
  }
}

export const people = Array.from({ length: size }, (_, index) => person(index))

/** One in ten moves on, tries a check, or gives a sign of life. */
function live() {
  for (const { environments } of people) {
    const [current] = environments
    if (!current || chance() > 0.1 || (current.state === 'ended' && chance() < 0.7)) continue
    if (current.state === 'waiting' && current.ahead > 0) current.ahead = Math.max(0, current.ahead - 3)
    else if (chance() < 0.3) move(current)
    else if (current.state === 'working') {
      current.last_active_at = ago(0)
      if (chance() < 0.3) current.checks_passed = Math.min(4, current.checks_passed + 1)
    }
  }
  changed()
}

export function move(current, next = pick(COURSE[current.state] ?? [])) {
  if (!next) return
  Object.assign(current, {
    state: next,
    since: ago(0),
    ahead: next === 'waiting' ? 9 : null,
    stage: next === 'starting' ? pick(STAGES) : null,
    failure: next === 'failed' ? pick(FAILURES) : null,
  })
  if (next === 'working' && !current.ready_at)
    Object.assign(current, { ready_at: ago(0), expires_at: ago(-90 * MINUTE), last_active_at: ago(0) })
  if (next === 'ended') current.hand = null
  if (next === 'waiting')
    Object.assign(current, { ready_at: null, expires_at: null, last_active_at: null, checks_passed: 0 })
  if (next === 'done') current.checks_passed = current.checks_total
}

if (process.env.MOCK_STILL !== '1') setInterval(live, everyMs).unref()

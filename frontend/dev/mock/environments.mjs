/** The life of one environment, in steps of MOCK_STEP_MS. */
import { randomUUID } from 'node:crypto'

import { lifetimeMs, port, soon, stepMs, world } from './world.mjs'

const { environments } = world

export const live = (slug) =>
  environments.find((e) => e.lab.slug === slug && e.status !== 'gone' && e.status !== 'failed')
const mark = (e, stage, detail = null) => e.timeline.push({ stage, at: new Date().toISOString(), detail })

export function start(lab) {
  const environment = {
    id: `env_${randomUUID().replaceAll('-', '').slice(0, 26)}`,
    lab: { slug: lab.slug, title: lab.title },
    status: 'requested',
    wanted: 'running',
    requested_at: new Date().toISOString(),
    expires_at: null,
    timeline: [],
    placement: null,
    attempt: 1,
    start: null,
    access: null,
    failure: null,
    receipt: null,
    trace_id: randomUUID().replaceAll('-', ''),
    checks: { every_minutes: null, total: 0, passed: 0, items: [] },
    hand: null,
    viewing: { policy: 'ask', asked: null, answer: null },
    extension: undefined,
    messages: [],
    idle_minutes: Number(process.env.MOCK_IDLE_MINUTES) || null,
  }
  mark(environment, 'requested')
  environments.unshift(environment)
  const place = (provider, region, attempt) => () => {
    const start = underWay()
    Object.assign(environment, { status: 'creating', placement: { provider, region }, attempt, start })
    mark(environment, 'creating', `${provider}, ${region}`)
  }
  const underWay = () => ({
    ahead: null,
    likely_ready_at: soon(4 * stepMs),
    ready_by: soon(8 * stepMs),
    samples: 20,
  })
  const steps = [place('linode', 'eu-west', 1)]
  if (lab.slug === 'vulnerable-api') {
    const wait = (ahead) => () => {
      environment.placement = { provider: 'linode', region: 'eu-west' }
      environment.start = {
        ...underWay(),
        ahead,
        likely_ready_at: soon((ahead / 10 + 4) * stepMs),
        ready_by: soon((ahead / 10 + 8) * stepMs),
      }
      if (ahead === 100) mark(environment, 'waiting', 'in line at Linode, about 100 before')
    }
    steps.unshift(...[100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0].map(wait))
  }
  if (lab.slug === 'intruder-in-logs') {
    steps.push(() =>
      mark(environment, 'placement-failed', 'linode, eu-west has no capacity; trying digitalocean, lon1'),
    )
    steps.push(place('digitalocean', 'lon1', 2))
  }
  steps.push(
    () => {
      environment.status = 'booting'
      mark(environment, 'machine-created')
    },
    () => mark(environment, 'agent-started'),
    () => mark(environment, 'setting-up'),
  )
  if (lab.slug === 'broken-setup') {
    steps.push(() => remove(environment, 'failed'))
  } else {
    steps.push(() => {
      environment.status = 'ready'
      environment.start = null
      environment.expires_at = new Date(Date.now() + lifetimeMs).toISOString()
      const tabs =
        lab.slug === 'vulnerable-api'
          ? [{ name: 'api', title: 'Notes API', url: `http://127.0.0.1:${port + 1}` }]
          : []
      environment.access = { terminal_url: `ws://127.0.0.1:${port}/terminal`, secret: environment.id, tabs }
      mark(environment, 'ready')
    })
  }
  run(environment, steps, 'running')
  return environment
}

function run(environment, [step, ...rest], wanted) {
  if (!step || environment.wanted !== wanted) return
  setTimeout(() => {
    if (environment.wanted !== wanted) return
    step()
    run(environment, rest, wanted)
  }, stepMs)
}

export function remove(environment, reason) {
  if (environment.wanted === 'gone') return
  environment.wanted = 'gone'
  if (reason === 'stopped') mark(environment, 'stop-requested')
  const requested = new Date().toISOString()
  run(
    environment,
    [
      () => {
        Object.assign(environment, { status: 'deleting', access: null, start: null })
        mark(environment, 'deleting')
      },
      ...(environment.lab.slug === 'silent-provider' ? silence(environment) : []),
      () => {
        const at = new Date().toISOString()
        const { provider, region } = environment.placement ?? { provider: 'linode', region: 'eu-west' }
        environment.status = reason === 'failed' || environment.failure ? 'failed' : 'gone'
        if (reason === 'failed')
          environment.failure = {
            code: 'setup_failed',
            message: 'The lab’s set-up script ended with an error. Your instructor has been told.',
          }
        environment.receipt = {
          reason,
          completed_at: at,
          keys: ['access secret', 'machine token'].map((name) => ({ name, removed_at: at })),
          resources: [
            {
              kind: 'machine',
              provider,
              id: '48213377',
              label: `${environment.id.replace('_', '-')}-1`,
              region,
              created_at: environment.timeline[1]?.at ?? at,
              delete_requested_at: requested,
              verified_absent_at: at,
              evidence: 'GET /v4/linode/instances/48213377 answered 404; no machine carries the label',
            },
          ],
        }
        mark(environment, 'deleted')
        if (reason === 'failed') mark(environment, 'failed', 'setup.sh ended with 1')
      },
    ],
    'gone',
  )
}

/** Failed at once, and proven gone only after a good while. */
function silence(environment) {
  const message = 'Linode did not say whether the machine is gone; it is asked again until it does'
  const fail = () => {
    Object.assign(environment, { status: 'failed', failure: { code: 'provider_silent', message } })
    mark(environment, 'failed', message)
  }
  return Array.from({ length: 40 }, (_, round) => () => round === 0 && fail())
}

/**
 * A stand-in for the API and for one machine, so that the portal can be worked on by itself:
 *
 *   node dev/mock.mjs [PORT] & BRIHASPATI_API=http://127.0.0.1:PORT npm run dev
 *
 * Sign in with any class code and name; the password `wrong` is refused, `grace` is an instructor. The lab
 * `intruder-in-logs` loses its first placement, `vulnerable-api` waits in line and has a web tab, `broken-setup` fails, and
 * the deletion of `silent-provider` is proven late. The terminal is a toy that echoes and knows a few words.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

import { WebSocketServer } from 'ws'

const port = Number(process.argv[2] ?? 8099)
const stepMs = Number(process.env.MOCK_STEP_MS ?? 600)
const lifetimeMs = Number(process.env.MOCK_LIFETIME_MS ?? 90 * 60_000)

const labs = [
  {
    slug: 'secrets-in-git',
    title: 'Secrets in git history',
    summary:
      'A token was committed months ago and removed the day after. Find it, prove it, and take it out of the history for good.',
    minutes: 45,
  },
  {
    slug: 'vulnerable-api',
    title: 'Attack and fix a small API',
    summary:
      'A notes service trusts its callers a little too much. Read other people’s notes, then close the hole with a test.',
    minutes: 60,
  },
  {
    slug: 'intruder-in-logs',
    title: 'An intruder in the logs',
    summary: 'Three hosts, one night, forty thousand lines. Who came in, from where, and what did they take?',
    minutes: 40,
  },
  {
    slug: 'broken-setup',
    title: 'A lab that fails',
    summary: 'Its set-up script ends with an error.',
    minutes: 5,
  },
  {
    slug: 'silent-provider',
    title: 'A provider that keeps silent',
    summary: 'Nobody says for a while whether the machine is gone.',
    minutes: 5,
  },
]

const markdown = `# Secrets in git history

Somebody committed a **deploy token** and removed it the day after. Removing a line does not remove it from the history.

## 1. Look around

The repository is in \`~/shop\`.

\`\`\`sh
cd ~/shop
git log --oneline | head
\`\`\`

> Every command here works without the internet.

## 2. Find it

\`\`\`sh
git log -p -S 'TOKEN' --all
\`\`\`

1. Write the commit down.
2. Ask yourself who could have read it since.

| file | first seen |
|---|---|
| \`deploy.env\` | 12 March |

![A remote picture](https://example.com/x.png) <script>alert(1)</script> and a [link](https://git-scm.com).

\`\`\`text
Expected: one commit, one line.
\`\`\`
`

let session = null
const environments = []

const live = (slug) =>
  environments.find((e) => e.lab.slug === slug && e.status !== 'gone' && e.status !== 'failed')
const soon = (milliseconds) => new Date(Date.now() + milliseconds).toISOString()
const mark = (e, stage, detail = null) => e.timeline.push({ stage, at: new Date().toISOString(), detail })

function start(lab) {
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

function remove(environment, reason) {
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

const providers = () => [
  {
    provider: 'linode',
    resting: { reason: 'unauthorized', since: soon(-4 * 60_000), until: soon(60_000) },
    waiting: 0,
    p50_seconds: null,
    p90_seconds: null,
    samples: 0,
  },
  { provider: 'digitalocean', resting: null, waiting: 37, p50_seconds: 38, p90_seconds: 65, samples: 20 },
]

const problem = (status, code, detail, errors = []) => ({
  status,
  type: 'application/problem+json',
  body: {
    type: `urn:brihaspati:${code}`,
    title: code,
    status,
    code,
    detail,
    errors,
    trace_id: '0'.repeat(32),
  },
})
const json = (status, body) => ({ status, type: 'application/json', body })
const unknown = () => problem(404, 'environment_not_found', 'There is no such environment.')

function answer(method, path, body) {
  const [, first, second, third] = path.split('/').filter(Boolean)
  if (method !== 'GET' && body.portal !== '1')
    return problem(403, 'portal_header_missing', 'The portal header is missing.')
  if (first === 'health') return json(200, { status: 'ok' })
  if (first === 'login') {
    if (body.json.password === 'wrong')
      return problem(401, 'invalid_credentials', 'Class code, name and password do not belong together.')
    if (/[^A-Za-z0-9-]/.test(body.json.class_code)) {
      return problem(422, 'invalid_request', 'Some fields need another look.', [
        { field: 'class_code', message: 'A class code has letters, digits and dashes only.' },
      ])
    }
    session = {
      member:
        body.json.name === 'grace'
          ? { id: 'mem_2', name: 'grace', display_name: 'Grace', role: 'instructor' }
          : { id: 'mem_1', name: body.json.name, display_name: 'Ada', role: 'trainee' },
      class: { id: 'cls_1', code: body.json.class_code, title: 'DevSecOps, autumn class' },
      expires_at: new Date(Date.now() + 8 * 3_600_000).toISOString(),
    }
    return json(200, session)
  }
  if (!session) return problem(401, 'unauthenticated', 'Sign in first.')
  if (first === 'logout') {
    session = null
    return { status: 204 }
  }
  if (first === 'me') return json(200, session)
  if (first === 'admin' && second === 'providers')
    return session.member.role === 'instructor'
      ? json(200, { providers: providers() })
      : problem(403, 'not_an_instructor', 'Only instructors may see this.')
  if (first === 'labs' && !second)
    return json(200, {
      labs: labs.map((lab) => ({
        ...lab,
        environment: environments.find((e) => e.lab.slug === lab.slug) ?? null,
      })),
    })
  if (first === 'labs' && third === 'start') {
    const lab = labs.find(({ slug }) => slug === second)
    if (!lab) return problem(404, 'lab_not_found', 'There is no such lab in this class.')
    const running = live(second)
    if (running?.wanted === 'gone')
      return problem(
        409,
        'environment_deleting',
        'Your last machine is still being deleted. Try again in a moment.',
      )
    return json(202, running ?? start(lab))
  }
  if (first === 'environments' && !second)
    return json(200, { environments: environments.map((e) => ({ ...e, access: null, start: null })) })
  const environment = environments.find(({ id }) => id === second)
  if (!environment) return unknown()
  if (third === 'guide') return json(200, { title: environment.lab.title, markdown })
  if (third === 'stop') remove(environment, 'stopped')
  return json(third === 'stop' ? 202 : 200, environment)
}

const server = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  const body = { portal: request.headers['x-brihaspati-portal'], json: text ? JSON.parse(text) : {} }
  const { status, type, body: content } = answer(request.method, request.url.split('?')[0], body)
  response.writeHead(status, type ? { 'content-type': type } : {})
  response.end(content ? JSON.stringify(content) : undefined)
})

/** One shell for everybody: a line buffer, a prompt, and the screen as it was written. */
let screen = ''
let line = ''
const applied = new Map()
const viewers = new Set()
const prompt = '\x1b[1;33mada@lab\x1b[0m:\x1b[1;36m~/shop\x1b[0m$ '
const words = {
  ls: 'README.md  \x1b[1;34msrc\x1b[0m  deploy.env\r\n',
  colours: `${[31, 32, 33, 34, 35, 36].map((c) => `\x1b[${c}mcolour ${c}\x1b[0m`).join(' ')}\r\n`,
  'git log --oneline | head':
    '\x1b[33m8c1e2f0\x1b[0m remove token\r\n\x1b[33m41d77aa\x1b[0m deploy script\r\n\x1b[33m0b9d3c1\x1b[0m first commit\r\n',
}

function show(text) {
  screen += text
  for (const viewer of viewers) viewer.send(Buffer.from(text))
}

function type(data) {
  for (const character of data.replace(/\x1b\[20[01]~/g, '')) {
    if (character === '\r') {
      const command = line.trim()
      line = ''
      show(`\r\n${command ? (words[command] ?? `${command}: not in this toy\r\n`) : ''}${prompt}`)
    } else if (character === '\x7f') {
      if (line) show('\b \b')
      line = line.slice(0, -1)
    } else if (character >= ' ') {
      line += character
      show(character)
    }
  }
}

const sockets = new WebSocketServer({
  server,
  path: '/terminal',
  handleProtocols: () => 'brihaspati.terminal.v1',
})
sockets.on('connection', (socket) => {
  let client = null
  const tell = (message) => socket.send(JSON.stringify(message))
  socket.on('message', (raw) => {
    const message = JSON.parse(String(raw))
    if (message.type === 'hello') {
      if (!environments.some((e) => e.access?.secret === message.secret)) return socket.close(4401)
      client = message.client
      if (!screen)
        screen = `\x1b[2mWelcome. Words this toy knows: ${Object.keys(words).join(', ')}\x1b[0m\r\n\x1b[?2004h${prompt}`
      tell({
        type: 'welcome',
        applied: applied.get(client) ?? 0,
        cols: message.cols,
        rows: message.rows,
        readonly: false,
      })
      socket.send(Buffer.from(screen))
      viewers.add(socket)
    } else if (message.type === 'input' && message.seq > (applied.get(client) ?? 0)) {
      applied.set(client, message.seq)
      type(message.data)
      tell({ type: 'ack', seq: message.seq })
    } else if (message.type === 'resize') {
      for (const viewer of viewers) viewer.send(JSON.stringify({ ...message, type: 'size' }))
    } else if (message.type === 'ping') tell({ type: 'pong' })
  })
  socket.on('close', () => viewers.delete(socket))
})

const gate = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/.brihaspati/enter') {
    response.writeHead(303, { location: '/', 'set-cookie': 'brihaspati_tab=mock; HttpOnly; Path=/' }).end()
  } else {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<h1>Notes API</h1><p>Entered by ' + request.method + '.</p>')
  }
})

/** `kill -USR2` drops every terminal connection, to watch it come back. */
process.on('SIGUSR2', () => sockets.clients.forEach((socket) => socket.terminate()))

gate.listen(port + 1, '127.0.0.1')
server.listen(port, '127.0.0.1', () => console.log(`mock API and machine on http://127.0.0.1:${port}`))

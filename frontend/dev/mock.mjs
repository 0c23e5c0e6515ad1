/**
 * A stand-in for the API and for one machine, so that the portal can be worked on by itself:
 *
 *   node dev/mock.mjs [PORT] & BRIHASPATI_API=http://127.0.0.1:PORT npm run dev
 *
 * Sign in with any class code and name, or at /teach as any instructor; the password `wrong` is refused. The lab
 * `intruder-in-logs` loses its first placement, `vulnerable-api` waits in line and has a web tab, `broken-setup` fails, and
 * the deletion of `silent-provider` is proven late. The terminal is a toy that echoes and knows a few words; some of them
 * let an instructor act (`ask`, `watch`, `say`). Join links: /join#anything, /join#over, /join#full; the name Ada is taken.
 */
import { createServer } from 'node:http'

import { problem } from './mock/answers.mjs'
import { routes as classes } from './mock/classes.mjs'
import { routes as labs } from './mock/labs.mjs'
import { gate, serveTerminal } from './mock/machine.mjs'
import { routes as people } from './mock/people.mjs'
import { routes as providers } from './mock/providers.mjs'
import { routes as room } from './mock/room.mjs'
import { routes as trainee } from './mock/trainee.mjs'
import { routes as usage } from './mock/usage.mjs'
import { port, world } from './mock/world.mjs'

/** [method, path, handler, whose]: `open` needs no session, `instructor` refuses trainees. */
const routes = [trainee, providers, classes, people, labs, room, usage]
  .flat()
  .map(([method, path, handle, whose = 'signed-in']) => ({
    method,
    pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
    handle,
    whose,
  }))

function answer(request) {
  const { method, path, headers } = request
  if (method !== 'GET' && headers['x-brihaspati-portal'] !== '1')
    return problem(403, 'portal_header_missing', 'The portal header is missing.')
  const route = routes.find((candidate) => candidate.method === method && candidate.pattern.test(path))
  if (!world.session && route?.whose !== 'open') return problem(401, 'unauthenticated', 'Sign in first.')
  if (!route) return problem(404, 'not_found', `The mock does not know ${method} ${path}.`)
  if (route.whose === 'instructor' && world.session.kind !== 'instructor')
    return problem(403, 'not_an_instructor', 'Only instructors may see this.')
  const { groups = {} } = route.pattern.exec(path)
  const params = Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
  )
  return route.handle({ ...request, params })
}

/** Handlers get `{ method, path, params, query, headers, raw, json }`. */
async function read(incoming) {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const raw = Buffer.concat(chunks)
  const { pathname, searchParams } = new URL(incoming.url, 'http://mock')
  const isJson = (incoming.headers['content-type'] ?? '').startsWith('application/json')
  return {
    method: incoming.method,
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    raw,
    json: isJson && raw.length > 0 ? JSON.parse(raw.toString()) : {},
  }
}

const server = createServer(async (incoming, response) => {
  const { status, type, body, text, headers = {} } = await answer(await read(incoming))
  response.writeHead(status, { ...(type ? { 'content-type': type } : {}), ...headers })
  response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)))
})

const sockets = serveTerminal(server)

/** `kill -USR2` drops every terminal connection, to watch it come back. */
process.on('SIGUSR2', () => sockets.clients.forEach((socket) => socket.terminate()))

gate.listen(port + 1, '127.0.0.1')
server.listen(port, '127.0.0.1', () => console.log(`mock API and machine on http://127.0.0.1:${port}`))

/** The clouds as an instructor sees them: one rests, one has a line. */
import { json } from './answers.mjs'
import { soon } from './world.mjs'

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

export const routes = [
  ['GET', '/api/admin/providers', () => json(200, { providers: providers() }), 'instructor'],
]

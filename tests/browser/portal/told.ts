/** What the API may say about environments and providers, made for a journey; the types are those of the portal. */
import type { components } from '../../../frontend/src/api/schema.d.ts'

type Schemas = components['schemas']

export type Environment = Schemas['EnvironmentView']
export type Provider = Schemas['ProviderView']
export type Stage = Schemas['Stage']

export const LAB = { slug: 'secrets-in-git', title: 'Secrets in git history' }

/** The time so many seconds from now. */
export function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString()
}

/** A stage, with its detail where it has one. */
export type Happening = Stage | readonly [Stage, string]

/** Four seconds apart, the last one just now. */
export function timeline(...happenings: Happening[]): Environment['timeline'] {
  return happenings.map((happening, index) => {
    const [stage, detail] = typeof happening === 'string' ? [happening, null] : happening
    return { stage, detail, at: inSeconds((index + 1 - happenings.length) * 4) }
  })
}

export function environment(changes: Partial<Environment> = {}): Environment {
  return {
    id: 'env_told',
    lab: LAB,
    status: 'requested',
    wanted: 'running',
    requested_at: inSeconds(0),
    expires_at: null,
    timeline: timeline('requested'),
    placement: null,
    attempt: 0,
    start: null,
    access: null,
    failure: null,
    receipt: null,
    trace_id: '8f14e45fceea167a5a36dedd4bea2543',
    checks: { every_minutes: null, total: 0, passed: 0, items: [] },
    hand: null,
    viewing: null,
    extension: null,
    messages: [],
    idle_minutes: null,
    ...changes,
  }
}

export const IN_LINE: readonly Happening[] = ['requested', ['waiting', 'in line at Linode, about 52 before']]

/** In Linode's line, with an estimate of ten minutes, twenty at the latest, and what slack a busy machine needs. */
export function inLine(changes: Partial<Environment> = {}): Environment {
  return environment({
    placement: { provider: 'linode', region: 'eu-west' },
    timeline: timeline(...IN_LINE),
    start: { ahead: 37, likely_ready_at: inSeconds(620), ready_by: inSeconds(1_220), samples: 20 },
    ...changes,
  })
}

/** One place had no machine; the next one is asked. */
export function atTheNextPlace(): Environment {
  return environment({
    status: 'creating',
    placement: { provider: 'digitalocean', region: 'lon1' },
    attempt: 2,
    timeline: timeline(
      'requested',
      ['creating', 'Linode, eu-west'],
      ['placement-failed', 'the provider has no free machine there now'],
      ['creating', 'DigitalOcean, lon1'],
    ),
    start: { ahead: null, likely_ready_at: inSeconds(40), ready_by: inSeconds(70), samples: 12 },
  })
}

export function receipt(reason: Schemas['EndReason'] = 'stopped'): Schemas['Receipt'] {
  const proven = inSeconds(-2)
  return {
    reason,
    completed_at: proven,
    resources: [
      {
        kind: 'machine',
        provider: 'linode',
        id: '48213377',
        label: 'lab-told-1',
        region: 'eu-west',
        created_at: inSeconds(-3_000),
        delete_requested_at: inSeconds(-30),
        verified_absent_at: proven,
        evidence: 'GET /v4/linode/instances/48213377 answered 404; no machine carries the label',
      },
    ],
    keys: [
      { name: 'access secret', removed_at: proven },
      { name: 'machine token', removed_at: proven },
    ],
  }
}

export function gone(): Environment {
  return environment({
    status: 'gone',
    wanted: 'gone',
    receipt: receipt(),
    timeline: timeline(
      'requested',
      'creating',
      'machine-created',
      'ready',
      'stop-requested',
      'deleting',
      'deleted',
    ),
  })
}

export function failed(code: string, message: string): Environment {
  return environment({
    status: 'failed',
    wanted: 'gone',
    failure: { code, message },
    receipt: receipt('failed'),
    timeline: timeline('requested', ['creating', 'Linode, eu-west'], ['failed', message]),
  })
}

/** Failed for its trainee, while the provider leaves it open whether the machine is gone. */
export function silent(): Environment {
  const message =
    'Linode did not say for 5 minutes whether the machine is gone; it is asked again every minute until it does'
  return {
    ...failed('provider_silent', message),
    receipt: null,
    timeline: timeline('requested', 'ready', 'stop-requested', 'deleting', ['failed', message]),
  }
}

export function provider(changes: Partial<Provider> = {}): Provider {
  return {
    provider: 'linode',
    resting: null,
    waiting: 0,
    p50_seconds: 38,
    p90_seconds: 65,
    samples: 20,
    ...changes,
  }
}

import { describe, expect, it } from 'vitest'

import type { Environment, Stage } from '@/api/types'
import { environment, receipt, timeline } from '@/testing/portal'

import { detour, goesOn, placementName, steps, upcoming } from './stages'

const after = (stages: Stage[], changes: Partial<Environment> = {}) =>
  environment({ timeline: timeline(...stages), ...changes })

describe('what is still to come', () => {
  it('is the rest of the way up while a machine starts', () => {
    expect(upcoming(after(['requested', 'creating', 'machine-created']))).toEqual([
      'agent-started',
      'setting-up',
      'ready',
    ])
  })

  it('is the order of the machine after waiting in line', () => {
    expect(upcoming(after(['requested', 'waiting']))[0]).toBe('creating')
  })

  it('is the setup after the certificate, which not every machine needs', () => {
    expect(upcoming(after(['requested', 'machine-created', 'agent-started', 'certificate']))).toEqual([
      'setting-up',
      'ready',
    ])
  })

  it('starts over at the next placement when one failed', () => {
    expect(upcoming(after(['requested', 'creating', 'placement-failed']))[0]).toBe('creating')
  })

  it('is the deletion and then the next place when a machine did not become ready in time', () => {
    const deleting = after(['requested', 'creating', 'machine-created', 'placement-failed', 'deleting'], {
      status: 'deleting',
    })
    expect(goesOn(deleting)).toBe(true)
    expect(upcoming(deleting).slice(0, 2)).toEqual(['deleted', 'creating'])
    const deleted = {
      ...deleting,
      status: 'requested' as const,
      timeline: [...deleting.timeline, ...timeline('deleted')],
    }
    expect(upcoming(deleted)[0]).toBe('creating')
  })

  it('is only the deletion when the lab failed on its machine', () => {
    const deleting = after(['requested', 'creating', 'setting-up', 'deleting'], { status: 'deleting' })
    expect(goesOn(deleting)).toBe(false)
    expect(upcoming(deleting)).toEqual(['deleted'])
  })

  it('is the deletion once the end was asked for', () => {
    expect(upcoming(after(['requested', 'stop-requested'], { wanted: 'gone' }))).toEqual([
      'deleting',
      'deleted',
    ])
    expect(upcoming(after(['stop-requested', 'deleting'], { wanted: 'gone', status: 'deleting' }))).toEqual([
      'deleted',
    ])
  })

  it('is the proof of the deletion after a failure without a receipt', () => {
    const failed = after(['requested', 'failed'], { status: 'failed', wanted: 'gone' })
    expect(upcoming(failed)).toEqual(['deleted'])
    expect(upcoming({ ...failed, receipt: receipt() })).toEqual([])
  })

  it.each([
    ['ready', 'ready', 'running'],
    ['deleted', 'gone', 'gone'],
  ] as const)('is nothing after %s', (stage, status, wanted) => {
    expect(upcoming(after([stage], { status, wanted }))).toEqual([])
  })
})

describe('how far a start is', () => {
  it('counts the stages begun, with the wait where there is one', () => {
    expect(steps(after(['requested']))).toEqual({ begun: 1, of: 6 })
    expect(steps(after(['requested', 'waiting']))).toEqual({ begun: 2, of: 7 })
    expect(steps(after(['requested', 'waiting', 'creating', 'machine-created']))).toEqual({ begun: 4, of: 7 })
    expect(steps(after(['requested', 'creating', 'setting-up']))).toEqual({ begun: 5, of: 6 })
    expect(steps(after(['requested', 'creating', 'agent-started', 'certificate']))).toEqual({
      begun: 5,
      of: 7,
    })
  })

  it('starts over with the next place', () => {
    expect(steps(after(['requested', 'waiting', 'creating', 'placement-failed']))).toEqual({
      begun: 1,
      of: 6,
    })
  })
})

describe('a place that failed', () => {
  const failed = after(['requested', 'creating', 'placement-failed'])
  failed.timeline[1]!.detail = 'Linode, eu-west'
  failed.timeline[2]!.detail = 'the provider has no free machine there now'

  it('is told with its reason while the next one is tried', () => {
    expect(detour(failed)).toEqual({
      place: 'Linode, eu-west',
      why: 'the provider has no free machine there now',
    })
  })

  it('is history once there is a machine at another, or the end was asked for', () => {
    expect(detour({ ...failed, timeline: [...failed.timeline, ...timeline('machine-created')] })).toBeNull()
    expect(detour({ ...failed, wanted: 'gone' })).toBeNull()
    expect(detour(after(['requested', 'creating']))).toBeNull()
  })
})

it('names a placement as people know it', () => {
  expect(placementName({ provider: 'digitalocean', region: 'lon1' })).toBe('DigitalOcean, lon1')
})

describe('what happens while somebody works', () => {
  it('moves nothing towards the end, and hides no stage that does', () => {
    const working = environment({
      status: 'ready',
      wanted: 'gone',
      timeline: timeline('requested', 'ready', 'check-passed', 'idle', 'hand-lowered'),
    })
    expect(upcoming(working)).toEqual(['deleting', 'deleted'])
  })
})

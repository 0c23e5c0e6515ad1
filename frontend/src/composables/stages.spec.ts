import { describe, expect, it } from 'vitest'

import { placementName, upcoming } from './stages'

describe('what is still to come', () => {
  it('is the rest of the way up while a machine starts', () => {
    expect(upcoming('machine-created')).toEqual(['agent-started', 'setting-up', 'ready'])
  })

  it('starts over at the next placement when one failed', () => {
    expect(upcoming('placement-failed')[0]).toBe('creating')
  })

  it('is the deletion once the end was asked for', () => {
    expect(upcoming('stop-requested')).toEqual(['deleting', 'deleted'])
    expect(upcoming('deleting')).toEqual(['deleted'])
  })

  it.each(['ready', 'deleted', 'failed'] as const)('is nothing after %s', (stage) => {
    expect(upcoming(stage)).toEqual([])
  })
})

it('names a placement as people know it', () => {
  expect(placementName({ provider: 'digitalocean', region: 'lon1' })).toBe('DigitalOcean, lon1')
})

import { describe, expect, it } from 'vitest'

import { environment } from '@/testing/portal'

import { inLine, outlook } from './outlook'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const start = {
  ahead: null,
  likely_ready_at: '2026-11-21T12:02:00Z',
  ready_by: '2026-11-21T12:04:00Z',
  samples: 20,
}

describe('the estimate of a start', () => {
  it('counts down to the time that half of recent starts took', () => {
    const first = outlook(start, NOW)
    expect(first?.kind).toBe('expected')
    expect(first?.headline).toBe('Ready in about 2 minutes')
    expect(first?.detail).toContain('within 4 minutes')
    expect(first?.detail).toContain('20 recent starts')
    expect(outlook(start, NOW + 80_000)?.headline).toBe('Ready in about 40 seconds')
  })

  it('says so when half of recent starts would have been ready', () => {
    const late = outlook(start, NOW + 200_000)
    expect(late?.kind).toBe('late')
    expect(late?.detail).toContain('within 40 seconds')
  })

  it('says so when nine of ten would have been ready, and names no time any more', () => {
    const overdue = outlook(start, NOW + 240_000)
    expect(overdue?.headline).toBe('Taking longer than nine of ten recent starts')
    expect(overdue?.detail).not.toMatch(/\d/)
  })

  it('has no number where there was no recent start', () => {
    const unknown = outlook({ ahead: 3, likely_ready_at: null, ready_by: null, samples: 0 }, NOW)
    expect(unknown?.kind).toBe('unknown')
    expect(`${unknown?.headline} ${unknown?.detail}`).not.toMatch(/\d/)
  })

  it('is nothing before anything is known', () => {
    expect(outlook(null, NOW)).toBeNull()
  })
})

describe('the place in line', () => {
  const placement = { provider: 'linode', region: 'eu-west' } as const
  const at = (ahead: number | null) => inLine(environment({ placement, start: { ...start, ahead } }))

  it('says how many starts come before, and where', () => {
    expect(at(37)).toBe('In line at Linode: about 37 starts before yours')
    expect(at(1)).toBe('In line at Linode: about 1 start before yours')
    expect(at(0)).toBe('Next in line at Linode')
  })

  it('is nothing once the machine was asked for', () => {
    expect(at(null)).toBeNull()
    expect(inLine(environment())).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'

import type { CheckItem } from '@/terminal/protocol'

import { mergeChecks, newlyPassed, passedOf } from './checks'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const item = (changes: Partial<CheckItem> = {}): CheckItem => ({
  name: '1-findings',
  title: 'Find them',
  passed: null,
  message: null,
  checkedAt: null,
  ...changes,
})
const round = (...items: CheckItem[]) => ({ running: false, items })
const stored = {
  name: '1-findings',
  title: 'Find them',
  passed: true,
  message: 'All three.',
  checked_at: '2026-11-21T12:00:00Z',
  passed_at: '2026-11-21T12:00:00Z',
}

describe('the checks that are shown', () => {
  it('come from the store while the machine says nothing', () => {
    const [check] = mergeChecks([stored], null)
    expect(check).toMatchObject({ state: 'passed', message: 'All three.', at: NOON })
  })

  it('come from the machine where it knows better', () => {
    const live = item({ passed: false, message: 'One is missing.', checkedAt: NOON / 1_000 + 60 })
    const [check] = mergeChecks([stored], round(live))
    expect(check).toMatchObject({ state: 'not-yet', message: 'One is missing.', passedBefore: true })
  })

  it('are not forgotten because the machine was restarted', () => {
    expect(mergeChecks([stored], round(item()))[0]?.state).toBe('passed')
  })

  it("stand in the lab's order, and those the store does not know yet come last", () => {
    const live = round(item({ name: '2-more', title: 'More', passed: true }), item())
    const checks = mergeChecks([stored], live)
    expect(checks.map(({ name }) => name)).toEqual(['1-findings', '2-more'])
    expect(passedOf(checks)).toBe(2)
  })
})

describe('a pass that is new', () => {
  it('is one that was seen before and did not pass', () => {
    const before = mergeChecks([], round(item(), item({ name: '2', passed: true })))
    const now = mergeChecks([], round(item({ passed: true }), item({ name: '2', passed: true })))
    expect(newlyPassed(before, now).map(({ name }) => name)).toEqual(['1-findings'])
    expect(newlyPassed([], now)).toEqual([])
  })
})

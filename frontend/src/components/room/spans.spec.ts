import { describe, expect, it } from 'vitest'

import { timeline } from '@/testing/portal'

import { spans } from './spans'

/** `timeline` puts two seconds between stages, from 10:00:00 on. */
const at = (seconds: number) => Date.parse('2026-11-21T10:00:00Z') + seconds * 1_000
const told = (stages: Parameters<typeof timeline>, now: number) =>
  spans(timeline(...stages), at(now)).map(({ key, milliseconds, open }) => [key, milliseconds / 1_000, open])

describe('how long things took', () => {
  it('tells the start while it goes on', () => {
    expect(told(['requested', 'creating'], 9)).toEqual([['start', 9, true]])
  })

  it('tells start, use and deletion of one that is over', () => {
    expect(
      told(['requested', 'creating', 'ready', 'check-passed', 'stop-requested', 'deleting', 'deleted'], 99),
    ).toEqual([
      ['start', 4, false],
      ['use', 4, false],
      ['deletion', 4, false],
    ])
  })

  it('does not take the machine of a place that failed for the end', () => {
    expect(
      told(['requested', 'creating', 'placement-failed', 'deleting', 'deleted', 'creating', 'ready'], 20),
    ).toEqual([
      ['start', 12, false],
      ['use', 8, true],
    ])
  })
})

import { describe, expect, it } from 'vitest'

import type { ClassEvent } from '@/api/adminTypes'

import { outcomesOf, settingsOf } from './eventWords'

const event: ClassEvent = {
  id: 'evt_1',
  at: '2026-11-23T09:00:00Z',
  actor: { kind: 'instructor', id: 'ins_1', name: 'Grace' },
  action: 'room.stop',
  target: null,
  trace_id: '8f14e45fceea167a5a36dedd4bea2543',
  changes: [
    { field: 'minutes', from: null, to: '15' },
    { field: 'mem_1', from: 'env_1', to: 'done' },
    { field: 'mem_2', from: 'env_2', to: 'done' },
    { field: 'mem_3', from: null, to: 'refused' },
  ],
}

describe('an action on many people', () => {
  it('tells what became of whom, by outcome', () => {
    const names = new Map([
      ['mem_1', 'Ada'],
      ['mem_3', 'Lin'],
    ])
    expect(outcomesOf(event, names)).toEqual([
      { outcome: 'done', who: ['Ada', 'somebody who has left'] },
      { outcome: 'refused', who: ['Lin'] },
    ])
  })

  it('keeps what was changed apart from to whom', () => {
    expect(settingsOf(event).map(({ field }) => field)).toEqual(['minutes'])
  })
})

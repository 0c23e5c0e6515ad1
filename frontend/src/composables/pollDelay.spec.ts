import { describe, expect, it } from 'vitest'

import { environment, timeline } from '@/testing/portal'

import { pollDelay, PollPace } from './pollDelay'

const middle = () => 0.5

describe('how often an environment is asked about', () => {
  it('grows from 0.4 to 3 seconds while it changes', () => {
    const delays = Array.from({ length: 9 }, (_, asked) =>
      pollDelay(environment({ status: 'booting' }), asked, middle),
    )
    expect(delays[0]).toBeCloseTo(400)
    expect(delays[1]).toBeCloseTo(600)
    expect(delays.at(-1)).toBeCloseTo(3_000)
  })

  it('is rare while it runs, and eager again once it is wanted gone', () => {
    expect(pollDelay(environment({ status: 'ready' }), 0, middle)).toBeCloseTo(20_000)
    expect(pollDelay(environment({ status: 'ready', wanted: 'gone' }), 0, middle)).toBeCloseTo(400)
  })

  it.each(['gone', 'failed'] as const)('is never once it is %s', (status) => {
    expect(pollDelay(environment({ status }), 0)).toBe(false)
  })

  it('starts over with every change', () => {
    const pace = new PollPace()
    const booting = environment({ status: 'booting' })
    pace.next(booting, 1, middle)
    expect(pace.next(booting, 4, middle)).toBeCloseTo(400 * 1.5 ** 3)
    const further = { ...booting, timeline: timeline('requested', 'creating') }
    expect(pace.next(further, 5, middle)).toBeCloseTo(400)
  })
})

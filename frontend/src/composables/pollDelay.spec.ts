import { describe, expect, it } from 'vitest'

import { environment, receipt, timeline } from '@/testing/portal'

import { pollDelay, PollPace } from './pollDelay'

const NOW = Date.parse('2026-11-21T10:00:00Z')
const middle = { now: NOW, random: () => 0.5 }
const after = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString()

function starting(secondsLeft: number) {
  const start = {
    ahead: null,
    likely_ready_at: after(secondsLeft),
    ready_by: after(secondsLeft + 60),
    samples: 9,
  }
  return environment({ status: 'booting', start })
}

describe('how often an environment is asked about', () => {
  it('grows from 0.4 to 3 seconds while it changes', () => {
    const delays = Array.from({ length: 9 }, (_, asked) =>
      pollDelay(environment({ status: 'booting' }), asked, middle),
    )
    expect(delays[0]).toBeCloseTo(400)
    expect(delays[1]).toBeCloseTo(600)
    expect(delays.at(-1)).toBeCloseTo(3_000)
  })

  it('is slow while a start is far from ready, and eager again close to it', () => {
    expect(pollDelay(starting(600), 0, middle)).toBeCloseTo(10_000)
    expect(pollDelay(starting(70), 0, middle)).toBeCloseTo(7_000)
    expect(pollDelay(starting(31), 0, middle)).toBeCloseTo(5_000)
    expect(pollDelay(starting(29), 0, middle)).toBeCloseTo(400)
    expect(pollDelay(starting(-100), 9, middle)).toBeCloseTo(3_000)
  })

  it('is slow in a long line of which nobody knows the time, and eager in a short one', () => {
    const inLine = (ahead: number) => environment({ start: { ahead, samples: 0 } })
    expect(pollDelay(inLine(37), 0, middle)).toBeCloseTo(5_000)
    expect(pollDelay(inLine(2), 0, middle)).toBeCloseTo(400)
  })

  it('is slow while no provider can be asked', () => {
    const resting = environment({ timeline: timeline('requested', 'waiting') })
    expect(pollDelay(resting, 0, middle)).toBeCloseTo(5_000)
  })

  it('is eager once a start that was far is not wanted any more', () => {
    expect(pollDelay({ ...starting(600), wanted: 'gone' }, 0, middle)).toBeCloseTo(400)
  })

  it('is left to chance, so that a class does not ask in step', () => {
    const delays = [0, 0.999].map((chance) => pollDelay(starting(600), 0, { now: NOW, random: () => chance }))
    expect(delays[0]).toBeCloseTo(8_500)
    expect(delays[1]).toBeGreaterThan(11_400)
  })

  it('is eager while somebody waits for help, or asks to help', () => {
    const hand = { since: after(-60), note: null }
    const asked = { by: 'Grace', at: after(-5) }
    const ready = (changes: object) => pollDelay(environment({ status: 'ready', ...changes }), 9, middle)
    expect(ready({ hand })).toBeCloseTo(3_000)
    expect(ready({ viewing: { policy: 'ask', asked, answer: null } })).toBeCloseTo(3_000)
    expect(ready({ viewing: { policy: 'ask', asked, answer: 'refused' } })).toBeCloseTo(10_000)
  })

  it('is rare while it runs, and eager again once it is wanted gone', () => {
    expect(pollDelay(environment({ status: 'ready' }), 0, middle)).toBeCloseTo(10_000)
    expect(pollDelay(environment({ status: 'ready', wanted: 'gone' }), 0, middle)).toBeCloseTo(400)
  })

  it.each(['gone', 'failed'] as const)('is never once it is %s and its receipt is there', (status) => {
    expect(pollDelay(environment({ status, receipt: receipt() }), 0)).toBe(false)
  })

  it('goes on after a failure until the receipt is there', () => {
    expect(pollDelay(environment({ status: 'failed' }), 50, middle)).toBeCloseTo(15_000)
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

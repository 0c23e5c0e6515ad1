import { describe, expect, it } from 'vitest'

import { failureWording, sentence } from './failures'

const CODES = [
  'no_placement',
  'start_timed_out',
  'provider_unauthorized',
  'not_offered',
  'setup_failed',
  'machine_lost',
  'provider_silent',
]

describe('the way on after a failure', () => {
  it.each([...CODES, 'of_tomorrow'])('is Play after %s', (code) => {
    expect(failureWording(code).advice).toMatch(/Play/)
  })

  it('differs from failure to failure', () => {
    expect(new Set(CODES.map((code) => failureWording(code).title)).size).toBe(CODES.length)
  })

  it.each(['constructor', undefined])('is there for what nobody foresaw (%s)', (code) => {
    expect(failureWording(code).title).toBe('This one did not work out')
  })
})

it("makes sentences of the API's words", () => {
  expect(sentence('the lab failed; tell your instructor')).toBe('The lab failed; tell your instructor.')
  expect(sentence('Done.')).toBe('Done.')
})

import { describe, expect, it } from 'vitest'

import { dollarField, dollars, microOf } from './money'

describe('money', () => {
  it.each([
    [12_500_000, '$12.50'],
    [0, '$0.00'],
    [7_500, '$0.0075'],
    [null, '–'],
  ])('%j is read as %s', (micro, text) => expect(dollars(micro)).toBe(text))

  it.each([
    ['25', 25_000_000],
    [' $12.50 ', 12_500_000],
    ['0,5', 500_000],
    ['0.1', 100_000],
    ['', null],
  ])('“%s” is %j', (text, micro) => expect(microOf(text)).toBe(micro))

  it.each(['-1', '1.234', 'ten', '1e3', '12345678'])('“%s” is no amount', (text) =>
    expect(microOf(text)).toBeNaN(),
  )

  it('survives the way through a field', () => {
    expect(microOf(dollarField(12_340_000))).toBe(12_340_000)
    expect(dollarField(null)).toBe('')
  })
})

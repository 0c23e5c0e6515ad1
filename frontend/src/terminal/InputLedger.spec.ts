import { describe, expect, it } from 'vitest'

import { CHUNK, InputLedger } from './InputLedger'

describe('the input ledger', () => {
  it('cuts long input into messages without cutting a character in two', () => {
    const ledger = new InputLedger()
    const text = 'x'.repeat(CHUNK - 1) + '🪐' + 'y'.repeat(10)
    ledger.add(text)
    const sent = ledger.resumeFrom(0)
    expect(sent.map(({ data }) => data).join('')).toBe(text)
    expect(sent[1]?.data.startsWith('🪐')).toBe(true)
    expect(sent.every(({ data }) => data.length <= CHUNK)).toBe(true)
  })

  it('makes room again when input is acknowledged', () => {
    const ledger = new InputLedger()
    ledger.add('abc')
    ledger.resumeFrom(0)
    ledger.acknowledge(1)
    expect(ledger.waiting).toBe(0)
    expect(ledger.resumeFrom(1)).toEqual([])
  })

  it('gives no numbers before the machine has said which it knows', () => {
    const ledger = new InputLedger()
    ledger.add('a')
    expect(ledger.takeFresh()).toEqual([])
    expect(ledger.resumeFrom(4)).toEqual([{ seq: 5, data: 'a' }])
  })
})

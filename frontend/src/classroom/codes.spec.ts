import { describe, expect, it } from 'vitest'

import { codesCsv } from './codes'

const code = (changes = {}) => ({ name: 'ada', display_name: 'Ada', code: 'K7WQ-M2XD', ...changes })

describe('the file of codes', () => {
  it('says everything that a person needs', () => {
    expect(codesCsv([code()], 'https://labs.example/redeem', 'DEVSEC-7').split('\r\n')).toEqual([
      'display_name,name,code,class_code,address',
      'Ada,ada,K7WQ-M2XD,DEVSEC-7,https://labs.example/redeem',
    ])
  })

  it.each(['=cmd|calc', '+1', '-1', '@x', '\tx'])('is no program for a spreadsheet: %j', (display_name) => {
    const line = codesCsv([code({ display_name })], 'x', 'y').split('\r\n')[1] ?? ''
    expect(line.replace(/^"/, '')).toMatch(/^'/)
  })

  it('keeps names with commas and quotes whole', () => {
    expect(codesCsv([code({ display_name: 'Bose, "Mira"' })], 'x', 'y')).toContain('"Bose, ""Mira""",ada')
  })
})

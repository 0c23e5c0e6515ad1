import { describe, expect, it } from 'vitest'

import { aRosterOutcome } from '@/testing/classroom'

import { columnsInWords, fieldInWords, importInWords, separatorInWords } from './roster'

const withCounts = (fresh: number, bad: number) =>
  aRosterOutcome({ counts: { new: fresh, unchanged: 3, bad } })

describe('what a roster would do', () => {
  it('is said with numbers', () => {
    expect(importInWords(withCounts(1, 0), 'all')).toBe('Import 1 person')
    expect(importInWords(withCounts(20, 2), 'good')).toBe('Import 20 people, leave out 2')
  })

  it('is nothing where nobody is new, or where all have to be good and are not', () => {
    expect(importInWords(withCounts(0, 2), 'good')).toBeNull()
    expect(importInWords(withCounts(20, 2), 'all')).toBeNull()
  })

  it('names the columns that were found, and what is done without the others', () => {
    const [display, name] = columnsInWords(aRosterOutcome().columns)
    expect(display).toMatchObject({ header: 'Name', found: true })
    expect(name?.found).toBe(false)
    expect(separatorInWords(';')).toBe('semicolons')
    expect(fieldInWords('email')).toBe('E-mail')
    expect(fieldInWords('row')).toBe('row')
  })
})

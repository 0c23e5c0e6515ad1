import { describe, expect, it } from 'vitest'

import { aClass } from '@/testing/classroom'

import {
  complaintsAbout,
  differences,
  fieldNamed,
  fieldsOf,
  isSame,
  newClassOf,
  newFields,
  rebased,
  settingsOf,
} from './classForm'

const complete = { ...newFields('Europe/Berlin'), title: 'DevSecOps', code: 'devsec-7' }
const about = (changes: Partial<typeof complete>) =>
  complaintsAbout({ ...complete, ...changes }, { isNew: true })

describe('the form of a class', () => {
  it('gives the settings back as they came', () => {
    const of = aClass()
    const { title, opens_at, closes_at, budget_micro_usd, providers, instructors } = of
    expect(settingsOf(fieldsOf(of))).toMatchObject({
      title,
      opens_at,
      closes_at,
      budget_micro_usd,
      providers,
      instructors,
    })
    expect(isSame(fieldsOf(of), fieldsOf(aClass()))).toBe(true)
  })

  it('is content with a title and a code', () => {
    expect(about({})).toEqual({})
    expect(newClassOf(complete)).toMatchObject({
      code: 'devsec-7',
      opens_at: null,
      budget_micro_usd: null,
      instructors: [],
    })
  })

  it.each([
    ['code', { code: 'a b' }],
    ['code', { code: '-abc-' }],
    ['title', { title: '   ' }],
    ['title', { title: 'x'.repeat(81) }],
    ['time_zone', { time_zone: 'Middle/Earth' }],
    ['seats', { seats: 0 }],
    ['seats', { seats: null }],
    ['environments_per_trainee', { environments_per_trainee: 9 }],
    ['idle_minutes', { idle_minutes: 5 }],
    ['max_extra_minutes', { max_extra_minutes: 1.5 }],
    ['trainee_extension_minutes', { max_extra_minutes: 10, trainee_extension_minutes: 20 }],
    ['providers', { providers: [] }],
    ['budget', { budget: 'plenty' }],
    ['closes_at', { opens_at: '2026-11-23T09:00', closes_at: '2026-11-23T09:00' }],
  ])('says what is wrong with %s: %j', (field, changes) => {
    expect(Object.keys(about(changes))).toEqual([field])
  })

  it('lets a class never stop what is idle, and never close', () => {
    expect(about({ idle_minutes: null, opens_at: '2026-11-23T09:00' })).toEqual({})
  })

  it('asks for no code where there is one', () => {
    expect(complaintsAbout({ ...complete, code: '' }, { isNew: false })).toEqual({})
  })

  it('finds its field of what the API complained about', () => {
    expect(fieldNamed('budget_micro_usd')).toBe('budget')
    expect(fieldNamed('providers[0]')).toBe('providers')
    expect(fieldNamed('something_else')).toBeNull()
  })
})

describe('two versions of a class', () => {
  const base = fieldsOf(aClass())

  it('are told apart in words', () => {
    const theirs = { ...base, budget: '', viewing: 'open' as const, opens_at: '' }
    const found = differences(base, theirs, new Map())
    expect(found.map(({ field, theirs }) => [field, theirs])).toEqual([
      ['opens_at', 'not set'],
      ['budget', 'no limit'],
      ['viewing', 'Always allowed'],
    ])
    expect(found[1]?.mine).toBe('$25.00')
  })

  it('become one: what I touched over what they stored', () => {
    const mine = { ...base, title: 'Mine' }
    const theirs = { ...base, title: 'Theirs', seats: 120 }
    expect(rebased(mine, base, theirs)).toEqual({ ...base, title: 'Mine', seats: 120 })
  })
})

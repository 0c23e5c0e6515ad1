import { describe, expect, it } from 'vitest'

import { aPerson } from '@/testing/classroom'

import { complaintsAboutPerson, editOf, fieldsOfPerson, newPersonOf, personDifferences } from './personForm'

describe('the form of a person', () => {
  it('needs a name to be called by, and nothing else', () => {
    const fields = { ...fieldsOfPerson(null), display_name: ' Ada ' }
    expect(complaintsAboutPerson(fields)).toEqual({})
    expect(newPersonOf(fields)).toEqual({ display_name: 'Ada' })
    expect(complaintsAboutPerson(fieldsOfPerson(null))).toHaveProperty('display_name')
  })

  it.each([
    ['name', { name: 'two words' }],
    ['email', { email: 'ada(at)class.example' }],
    ['extra_time_percent', { extra_time_percent: 301 }],
    ['extra_time_percent', { extra_time_percent: null }],
  ])('says what is wrong with %s', (field, changes) => {
    const complaints = complaintsAboutPerson({ ...fieldsOfPerson(aPerson()), ...changes })
    expect(Object.keys(complaints)).toEqual([field])
  })

  it('sends an empty e-mail as none', () => {
    const fields = { ...fieldsOfPerson(aPerson({ state: 'suspended' })), email: ' ' }
    expect(editOf(fields)).toMatchObject({ email: null, suspended: true })
  })

  it('says what somebody else stored meanwhile', () => {
    const mine = fieldsOfPerson(aPerson())
    const theirs = fieldsOfPerson(aPerson({ extra_time_percent: 25, state: 'suspended', email: null }))
    expect(personDifferences(mine, theirs)).toEqual([
      'there is no e-mail',
      'the extra time is 25 %',
      'suspended',
    ])
  })
})

import { describe, expect, it } from 'vitest'

import { passphraseHint } from './passphrase'

const strength = (passphrase: string, known: string[] = []) => passphraseHint(passphrase, known).strength

describe('the hint about a passphrase', () => {
  it('says how many characters are missing', () => {
    expect(passphraseHint('seven77').text).toBe('1 more character.')
    expect(passphraseHint('abc').text).toBe('5 more characters.')
  })

  it('counts characters as people do', () => {
    expect(strength('🌙🌙🌙🌙')).toBe('short')
  })

  it.each([
    '12345678',
    'qwertyuiop',
    'password1',
    'aaaaaaaaaaaaaaaa',
    '19911991',
    'abcdefghijkl',
    '87654321',
  ])('calls %s easy to guess', (passphrase) => expect(strength(passphrase)).toBe('weak'))

  it('counts nothing that the room knows about its owner', () => {
    expect(strength('lovelace-2026')).toBe('good')
    expect(passphraseHint('lovelace-2026', ['Ada Lovelace']).text).toContain('your name')
    expect(strength('devsec-7-ada', ['Ada', 'DEVSEC-7'])).toBe('weak')
  })

  it('likes words in a row', () => {
    expect(strength('green kettle')).toBe('good')
    expect(strength('green kettle hums softly')).toBe('strong')
  })
})

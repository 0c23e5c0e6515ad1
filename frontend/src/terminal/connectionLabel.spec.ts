import { describe, expect, it } from 'vitest'

import { connectionLabel } from './connectionLabel'

const secured = { url: 'wss://203.0.113.7:443/terminal' }

describe('a machine that is not reached', () => {
  it('may wait for its certificate', () => {
    expect(connectionLabel('unreached', secured, false)).toContain('certificate')
  })

  it('has none to wait for on this computer', () => {
    expect(connectionLabel('unreached', { url: 'ws://127.0.1.2:7080/terminal' }, false)).not.toContain(
      'certificate',
    )
  })
})

it('promises to keep what is typed only to whoever types', () => {
  expect(connectionLabel('reconnecting', secured, false)).toContain('kept')
  expect(connectionLabel('reconnecting', { ...secured, viewer: 'Grace' }, true)).not.toContain('kept')
})

it('says who only watches', () => {
  expect(connectionLabel('live', secured, true)).toBe('Connected, watching only')
  expect(connectionLabel('live', secured, false)).toBe('Connected')
})

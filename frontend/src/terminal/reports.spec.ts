import { describe, expect, it } from 'vitest'

import { isTerminalReport } from './reports'

describe('what an emulator answers by itself', () => {
  it.each([
    '\x1b[12;40R',
    '\x1b[?1;2c',
    '\x1b[>0;276;0c',
    '\x1b[0n',
    '\x1b]11;rgb:0a0a/1212/1515\x1b\\',
    '\x1b[I',
  ])('recognises %j', (data) => expect(isTerminalReport(data)).toBe(true))

  it.each(['a', '\r', '\x1b', '\x1b[A', '\x1bOA', '\x1b[15~', '\x1b[200~ls\x1b[201~', 'R'])(
    'leaves the key %j alone',
    (data) => expect(isTerminalReport(data)).toBe(false),
  )
})

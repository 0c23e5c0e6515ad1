import { describe, expect, it } from 'vitest'

import { FONT_SIZES, loadPreferences, savePreferences } from './appearance'

function storage(content?: string) {
  const items = new Map(content === undefined ? [] : [['brihaspati.terminal', content]])
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
}

describe('terminal preferences', () => {
  it('come back as they were kept', () => {
    const kept = storage()
    savePreferences({ fontSize: 18, screenReader: true }, kept)
    expect(loadPreferences(kept)).toEqual({ fontSize: 18, screenReader: true })
  })

  it.each([undefined, 'not json', '{}', '{"fontSize":"big"}'])('start as usual from %j', (content) => {
    expect(loadPreferences(storage(content))).toEqual({ fontSize: FONT_SIZES.usual, screenReader: false })
  })

  it('keep the text readable whatever is stored', () => {
    expect(loadPreferences(storage('{"fontSize":900}')).fontSize).toBe(FONT_SIZES.most)
    expect(loadPreferences(storage('{"fontSize":1}')).fontSize).toBe(FONT_SIZES.least)
  })
})

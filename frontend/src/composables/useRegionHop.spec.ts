import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { useRegionHop, type Region } from './useRegionHop'

function region(name: string, shown = true): Region {
  const frame = document.createElement('div')
  frame.innerHTML = '<button type="button"></button>'
  document.body.append(frame)
  return {
    name,
    element: () => (shown ? frame : null),
    focus: () => frame.querySelector('button')?.focus(),
  }
}

function press(code: string, modifiers: KeyboardEventInit = { ctrlKey: true, shiftKey: true }) {
  const event = new KeyboardEvent('keydown', { code, bubbles: true, cancelable: true, ...modifiers })
  document.activeElement?.dispatchEvent(event)
  return event
}

describe('hopping between the regions of the workspace', () => {
  const scope = effectScope()
  const heard: string[] = []

  beforeEach(() => {
    heard.length = 0
    const regions = [region('Guide'), region('Terminal'), region('Hidden', false), region('Toolbar')]
    scope.run(() => useRegionHop(regions, (text) => void heard.push(text)))
    regions[1]?.focus()
  })
  afterEach(() => {
    scope.stop()
    document.body.replaceChildren()
  })

  it('goes round in both directions, past what is not shown, and leaves other keys alone', () => {
    for (const code of ['Period', 'Period', 'Comma']) expect(press(code).defaultPrevented).toBe(true)
    expect(heard).toEqual(['Toolbar', 'Guide', 'Toolbar'])
    expect(press('Period', { ctrlKey: true }).defaultPrevented).toBe(false)
    expect(press('Tab', {}).defaultPrevented).toBe(false)
  })
})

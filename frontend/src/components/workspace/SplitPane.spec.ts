import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'

import SplitPane from './SplitPane.vue'

const props = { orientation: 'side-by-side', storageKey: 'split', label: 'Width of the guide' } as const

describe('the divider', () => {
  beforeEach(() => localStorage.clear())

  it('moves with the arrow keys, within its limits, and stays where it was put', async () => {
    const split = mount(SplitPane, { props })
    const divider = split.get('[role="separator"]')
    expect(divider.attributes('aria-valuenow')).toBe('38')
    await divider.trigger('keydown', { key: 'ArrowRight' })
    expect(divider.attributes('aria-valuenow')).toBe('41')
    await divider.trigger('keydown', { key: 'Home' })
    await divider.trigger('keydown', { key: 'ArrowLeft' })
    expect(divider.attributes('aria-valuenow')).toBe('20')
    expect(mount(SplitPane, { props }).get('[role="separator"]').attributes('aria-valuenow')).toBe('20')
  })

  it('listens to up and down when the panes are stacked', async () => {
    const split = mount(SplitPane, { props: { ...props, orientation: 'stacked' } })
    const divider = split.get('[role="separator"]')
    await divider.trigger('keydown', { key: 'ArrowDown' })
    expect(divider.attributes('aria-valuenow')).toBe('43')
    expect(divider.attributes('aria-orientation')).toBe('horizontal')
  })

  it('starts in the middle when what was kept makes no sense', () => {
    localStorage.setItem('split', '"nonsense')
    expect(mount(SplitPane, { props }).get('[role="separator"]').attributes('aria-valuenow')).toBe('38')
  })
})

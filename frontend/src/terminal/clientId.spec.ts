import { beforeEach, describe, expect, it } from 'vitest'

import { claimClientId } from './clientId'

describe("the tab's id", () => {
  beforeEach(() => sessionStorage.clear())

  it('survives a reload of the tab', () => {
    const id = claimClientId()
    window.dispatchEvent(new Event('pagehide'))
    expect(claimClientId()).toBe(id)
  })

  it('is not shared with a duplicate of a living tab', () => {
    const id = claimClientId()
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(claimClientId()).not.toBe(id)
  })
})

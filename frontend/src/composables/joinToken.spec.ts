import { beforeEach, describe, expect, it, vi } from 'vitest'

import { forgetJoinToken, hideJoinToken, joinToken } from './joinToken'

function pageAt(pathname: string, hash: string) {
  const replaceState = vi.fn()
  const page = {
    location: { pathname, search: '', hash },
    history: { state: null, replaceState },
    sessionStorage,
  }
  hideJoinToken(page as unknown as Window)
  return replaceState
}

describe("a join link's token", () => {
  beforeEach(() => sessionStorage.clear())

  it('leaves the address as soon as the page opens, and is kept by the tab until it was used', () => {
    expect(pageAt('/join', '#token')).toHaveBeenCalledWith(null, '', '/join')
    expect(joinToken()).toBe('token')
    forgetJoinToken()
    expect(joinToken()).toBeNull()
  })

  it('is looked for on its own page alone', () => {
    expect(pageAt('/labs', '#content')).not.toHaveBeenCalled()
    expect(joinToken()).toBeNull()
  })
})

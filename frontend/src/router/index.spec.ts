import { afterEach, describe, expect, it } from 'vitest'

import { UnreachableError } from '@/api/errors'
import { byTestid, lab, openPage, scriptedApi } from '@/testing/portal'

import { returnPath } from '.'

let close: (() => void) | undefined
afterEach(() => close?.())

describe('where sign-in returns to', () => {
  it.each(['/labs/secrets-in-git', '/environments?x=1'])('goes back to %s', (path) => {
    expect(returnPath(path)).toBe(path)
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', undefined, ['/a']])(
    'never leaves the portal for %j',
    (path) => expect(returnPath(path)).toBe('/labs'),
  )
})

describe('the router', () => {
  it('keeps the way back for somebody who has to sign in first', async () => {
    const opened = await openPage('/labs/secrets-in-git?x=1', scriptedApi({ session: async () => null }))
    close = opened.close
    expect(opened.router.currentRoute.value).toMatchObject({
      name: 'sign-in',
      query: { return: '/labs/secrets-in-git?x=1' },
    })
  })

  it('spares somebody who is signed in the sign-in page', async () => {
    const opened = await openPage('/', scriptedApi({ labs: async () => [lab()] }))
    close = opened.close
    expect(opened.router.currentRoute.value.name).toBe('labs')
  })

  it('does not sign anybody out because the network failed', async () => {
    const script = { session: () => Promise.reject(new UnreachableError()), labs: async () => [lab()] }
    const opened = await openPage('/labs', scriptedApi(script))
    close = opened.close
    expect(opened.router.currentRoute.value.name).toBe('labs')
  })

  it('has a way out of pages that do not exist', async () => {
    const opened = await openPage('/nowhere/at/all', scriptedApi())
    close = opened.close
    expect(opened.page.get(byTestid('not-found')).find('a').attributes('href')).toBe('/labs')
  })
})

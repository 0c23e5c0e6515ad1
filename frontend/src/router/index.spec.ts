import { afterEach, describe, expect, it } from 'vitest'

import { UnreachableError } from '@/api/errors'
import { aClass } from '@/testing/classroom'
import { byTestid, instructor, labList, openPage, scriptedApi } from '@/testing/portal'

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
    const opened = await openPage('/', scriptedApi({ labs: async () => labList() }))
    close = opened.close
    expect(opened.router.currentRoute.value.name).toBe('labs')
  })

  it('does not sign anybody out because the network failed', async () => {
    const script = { session: () => Promise.reject(new UnreachableError()), labs: async () => labList() }
    const opened = await openPage('/labs', scriptedApi(script))
    close = opened.close
    expect(opened.router.currentRoute.value.name).toBe('labs')
  })

  it('leads an instructor to the door of instructors, and back', async () => {
    const opened = await openPage('/classes/cls_1/people', scriptedApi({ session: async () => null }))
    close = opened.close
    expect(opened.router.currentRoute.value).toMatchObject({
      name: 'teach',
      query: { return: '/classes/cls_1/people' },
    })
  })

  it.each([
    ['a trainee', '/classes', '/labs', { labs: async () => labList() }],
    [
      'an instructor',
      '/labs/secrets-in-git',
      '/classes',
      { session: async () => instructor, classes: async () => [], providers: async () => [] },
    ],
  ])('sends %s from %s to a home of their own', async (_who, path, home, script) => {
    const opened = await openPage(path, scriptedApi(script))
    close = opened.close
    expect(opened.router.currentRoute.value.path).toBe(home)
  })

  it('opens a class with its room', async () => {
    const script = { session: async () => instructor, class: async () => ({ value: aClass(), etag: '"1"' }) }
    const opened = await openPage('/classes/cls_1', scriptedApi(script), { RoomView: true })
    close = opened.close
    expect(opened.router.currentRoute.value.path).toBe('/classes/cls_1/room')
    expect(opened.page.get(byTestid('class-code')).text()).toBe('DEVSEC-7')
  })

  it('has a way out of pages that do not exist', async () => {
    const opened = await openPage('/nowhere/at/all', scriptedApi())
    close = opened.close
    expect(opened.page.get(byTestid('not-found')).find('a').attributes('href')).toBe('/labs')
  })
})

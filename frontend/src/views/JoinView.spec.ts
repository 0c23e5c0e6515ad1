import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/api/errors'
import { joinToken } from '@/composables/joinToken'
import { byTestid, labList, openPage, scriptedApi, session, settle } from '@/testing/portal'

let close: (() => void) | undefined
beforeEach(() => sessionStorage.clear())
afterEach(() => close?.())

const problem = (status: number, code: string, detail = '') =>
  new ApiError({ type: 'urn:x', title: code, status, code, detail, errors: [], trace_id: '' })

async function open(path: string, script: Parameters<typeof scriptedApi>[0] = {}) {
  const api = scriptedApi({ session: async () => null, labs: async () => labList(), ...script })
  const opened = await openPage(path, api)
  close = opened.close
  const { page } = opened
  return {
    ...opened,
    async join(name = 'Ada', passphrase = 'green kettle hums') {
      await page.get(byTestid('join-name')).setValue(name)
      await page.get(byTestid('join-passphrase')).setValue(passphrase)
      await page.get(byTestid('join')).trigger('submit')
      await settle()
    },
  }
}

describe('joining a class', () => {
  it('takes the token out of the address and uses it once', async () => {
    const joining = vi.fn(async () => session)
    const { page, router, join } = await open('/join#token-of-the-link', { join: joining })
    expect(router.currentRoute.value.fullPath).toBe('/join')
    expect(page.html()).not.toContain('token-of-the-link')
    await join()
    expect(joining).toHaveBeenCalledWith({
      token: 'token-of-the-link',
      display_name: 'Ada',
      password: 'green kettle hums',
    })
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('token-of-the-link')
  })

  it('shows what is needed to come in again before it goes on', async () => {
    const { page, router, join } = await open('/join#t', { join: async () => session })
    await join()
    expect(router.currentRoute.value.name).toBe('join')
    expect(page.get(byTestid('joined-code')).text()).toBe('DEVSEC-7')
    expect(page.get(byTestid('joined-name')).text()).toBe('ada')
    await page.get(byTestid('joined-go')).trigger('click')
    await settle()
    expect(router.currentRoute.value.name).toBe('labs')
  })

  it('survives a reload before it was used', async () => {
    await open('/join#t').then(({ close }) => close())
    const { page } = await open('/join')
    expect(page.find(byTestid('join')).exists()).toBe(true)
  })

  it('proposes another name where one is taken', async () => {
    const joining = vi.fn().mockRejectedValueOnce(problem(409, 'name_taken')).mockResolvedValue(session)
    const { page, join } = await open('/join#t', { join: joining })
    await join('Ada 2')
    expect(page.get(byTestid('join-name')).attributes('aria-invalid')).toBe('true')
    expect(page.get(byTestid('other-name')).text()).toBe('Ada 3')
    await page.get(byTestid('other-name')).trigger('click')
    await page.get(byTestid('join')).trigger('submit')
    await settle()
    expect(joining).toHaveBeenLastCalledWith(expect.objectContaining({ display_name: 'Ada 3' }))
  })

  it('says that the link is over, and forgets it', async () => {
    const over = problem(410, 'link_over', 'the link was revoked')
    const { page, join } = await open('/join#t', { join: () => Promise.reject(over) })
    await join()
    expect(page.get(byTestid('join-over')).text()).toContain('The link was revoked.')
    expect(joinToken()).toBeNull()
  })

  it('keeps the link of a full class, where a seat may come free', async () => {
    const { page, join } = await open('/join#t', { join: () => Promise.reject(problem(409, 'class_full')) })
    await join()
    expect(page.get(byTestid('join-over')).text()).toContain('Every seat is taken')
    expect(joinToken()).toBe('t')
  })

  it('asks for a passphrase of eight characters before it asks the API', async () => {
    const joining = vi.fn()
    const { page, join } = await open('/join#t', { join: joining })
    await join('Ada', 'short')
    expect(page.text()).toContain('At least 8 characters are needed.')
    expect(joining).not.toHaveBeenCalled()
  })

  it('says what to do without a link', async () => {
    const { page } = await open('/join')
    expect(page.find(byTestid('join-without-link')).exists()).toBe(true)
  })
})

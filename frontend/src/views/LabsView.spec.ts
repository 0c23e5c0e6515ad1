import { afterEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/api/errors'
import { byTestid, environment, lab, labList, openPage, scriptedApi, session, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

async function open(script: Parameters<typeof scriptedApi>[0]) {
  const opened = await openPage('/labs', scriptedApi(script), { LabDesk: true })
  close = opened.close
  return opened
}

describe('the labs page', () => {
  it('offers Play for a lab without a machine and Open for one with', async () => {
    const labs = [lab(), lab({ slug: 'other', environment: environment({ status: 'ready' }) })]
    const { page } = await open({ labs: async () => labList(labs) })
    expect(page.find(byTestid('play-secrets-in-git')).exists()).toBe(true)
    expect(page.find(byTestid('play-other')).exists()).toBe(false)
    expect(page.get(byTestid('open-other')).attributes('href')).toBe('/labs/other')
  })

  it('offers Play again once the last machine is gone', async () => {
    const { page } = await open({
      labs: async () => labList([lab({ environment: environment({ status: 'gone', wanted: 'gone' }) })]),
    })
    expect(page.find(byTestid('play-secrets-in-git')).exists()).toBe(true)
  })

  it('says that a machine is being deleted from the moment it is not wanted any more', async () => {
    const ending = environment({ status: 'ready', wanted: 'gone' })
    const { page } = await open({ labs: async () => labList([lab({ environment: ending })]) })
    expect(page.get(byTestid('open-secrets-in-git')).text()).toContain('Being deleted')
  })

  it('goes to the workspace when Play was pressed', async () => {
    const started = environment()
    const start = vi.fn(async () => started)
    const { page, router } = await open({
      labs: async () => labList(),
      start,
      environment: async () => started,
    })
    await page.get(byTestid('play-secrets-in-git')).trigger('click')
    await settle()
    expect(start).toHaveBeenCalledWith('secrets-in-git')
    expect(router.currentRoute.value.fullPath).toBe('/labs/secrets-in-git')
  })

  it('shows the new machine and not the receipt of the last one after Play', async () => {
    const last = environment({ id: 'env_0', status: 'gone', wanted: 'gone' })
    const started = environment()
    let current = last
    const { page } = await open({
      labs: async () => labList([lab({ environment: current })]),
      start: async () => (current = started),
      environment: async (id) => (id === 'env_0' ? last : started),
    })
    await page.get(byTestid('play-secrets-in-git')).trigger('click')
    await settle()
    expect(page.find(byTestid('receipt')).exists()).toBe(false)
    expect(page.find(byTestid('stage-requested')).exists()).toBe(true)
  })

  it('says at the card why a lab could not be started', async () => {
    const refusal = new ApiError({
      type: 'urn:x',
      title: 'Conflict',
      status: 409,
      code: 'environment_deleting',
      detail: 'Your last machine is still being deleted.',
      errors: [],
      trace_id: '',
    })
    const { page } = await open({ labs: async () => labList(), start: () => Promise.reject(refusal) })
    await page.get(byTestid('play-secrets-in-git')).trigger('click')
    await settle()
    expect(page.get(byTestid('lab-secrets-in-git')).text()).toContain('still being deleted')
  })

  it('is no dead end without labs', async () => {
    const { page } = await open({ labs: async () => labList([]) })
    expect(page.find(byTestid('no-labs')).exists()).toBe(true)
  })

  it('says why Play is refused', async () => {
    const play = {
      allowed: false,
      code: 'budget_exhausted',
      reason: "the class's budget does not cover another machine; tell your instructor",
    }
    const { page } = await open({ labs: async () => labList([lab({ play })]) })
    expect(page.get(byTestid('play-secrets-in-git')).attributes('disabled')).toBeDefined()
    expect(page.get(byTestid('refusal-secrets-in-git')).text()).toContain("The class's budget does not cover")
  })

  it('lets one play by itself when the class opens', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    try {
      const opens_at = new Date(Date.now() + 60_000).toISOString()
      const play = { allowed: false, code: 'class_not_open', reason: 'not open yet', opens_at }
      const { page } = await open({ labs: async () => labList([lab({ play })]) })
      const button = page.get(byTestid('play-secrets-in-git'))
      expect(button.attributes('disabled')).toBeDefined()
      expect(page.get(byTestid('refusal-secrets-in-git')).text()).toMatch(/^Opens /)
      await vi.advanceTimersByTimeAsync(62_000)
      expect(button.attributes('disabled')).toBeUndefined()
      expect(page.find(byTestid('refusal-secrets-in-git')).exists()).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })

  it("tells the class's hours and its messages", async () => {
    sessionStorage.clear()
    const message = {
      id: 'msg_1',
      at: '2026-11-21T10:00:00Z',
      from: 'Grace',
      text: 'Coffee.',
      personal: false,
    }
    const opens = { ...session.class, closes_at: '2099-11-21T16:00:00Z' }
    const list = labList([lab()], { class: opens, messages: [message] })
    const { page } = await open({ labs: async () => list })
    expect(page.get(byTestid('class-window')).text()).toMatch(/^Open until /)
    expect(page.get(byTestid('message-msg_1')).text()).toContain('Coffee.')
    await page.get(byTestid('dismiss-msg_1')).trigger('click')
    expect(page.find(byTestid('message-msg_1')).exists()).toBe(false)
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/api/errors'
import {
  byTestid,
  environment,
  instructor,
  lab,
  openPage,
  provider,
  scriptedApi,
  settle,
} from '@/testing/portal'

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
    const { page } = await open({ labs: async () => labs })
    expect(page.find(byTestid('play-secrets-in-git')).exists()).toBe(true)
    expect(page.find(byTestid('play-other')).exists()).toBe(false)
    expect(page.get(byTestid('open-other')).attributes('href')).toBe('/labs/other')
  })

  it('offers Play again once the last machine is gone', async () => {
    const { page } = await open({
      labs: async () => [lab({ environment: environment({ status: 'gone', wanted: 'gone' }) })],
    })
    expect(page.find(byTestid('play-secrets-in-git')).exists()).toBe(true)
  })

  it('says that a machine is being deleted from the moment it is not wanted any more', async () => {
    const ending = environment({ status: 'ready', wanted: 'gone' })
    const { page } = await open({ labs: async () => [lab({ environment: ending })] })
    expect(page.get(byTestid('open-secrets-in-git')).text()).toContain('Being deleted')
  })

  it('goes to the workspace when Play was pressed', async () => {
    const started = environment()
    const start = vi.fn(async () => started)
    const { page, router } = await open({
      labs: async () => [lab()],
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
      labs: async () => [lab({ environment: current })],
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
    const { page } = await open({ labs: async () => [lab()], start: () => Promise.reject(refusal) })
    await page.get(byTestid('play-secrets-in-git')).trigger('click')
    await settle()
    expect(page.get(byTestid('lab-secrets-in-git')).text()).toContain('still being deleted')
  })

  it('is no dead end without labs', async () => {
    const { page } = await open({ labs: async () => [] })
    expect(page.find(byTestid('no-labs')).exists()).toBe(true)
  })
})

describe('the labs page of an instructor', () => {
  const asInstructor = { session: async () => instructor, labs: async () => [lab()] }

  it('says how starts fare at every provider', async () => {
    const providers = async () => [
      provider({ waiting: 12 }),
      provider({ provider: 'digitalocean', p50_seconds: null, p90_seconds: null, samples: 0 }),
    ]
    const { page } = await open({ ...asInstructor, providers })
    const linode = page.get(byTestid('provider-linode')).text()
    for (const fact of ['Linode', '12 starts', '38 s', '1 min 5 s', '20 recent starts'])
      expect(linode).toContain(fact)
    expect(page.get(byTestid('provider-digitalocean')).text()).toContain('No recent start')
    expect(page.find('[data-reason]').exists()).toBe(false)
  })

  it('says which provider rests, why, what to do, since when and until when', async () => {
    const resting = {
      reason: 'unauthorized' as const,
      since: new Date(Date.now() - 121_000).toISOString(),
      until: new Date(Date.now() + 179_000).toISOString(),
    }
    const { page } = await open({ ...asInstructor, providers: async () => [provider({ resting })] })
    const notice = page.get(byTestid('resting-linode')).text()
    for (const fact of ['Linode refuses', 'a new token', 'for 2 minutes', 'in about 3 minutes'])
      expect(notice).toContain(fact)
  })

  it('keeps the labs when the providers cannot be loaded', async () => {
    const { page } = await open({ ...asInstructor, providers: () => Promise.reject(new Error('no')) })
    expect(page.find(byTestid('providers-error')).exists()).toBe(true)
    expect(page.find(byTestid('play-secrets-in-git')).exists()).toBe(true)
  })

  it('is the only one that asks about providers', async () => {
    const providers = vi.fn(async () => [])
    const { page } = await open({ labs: async () => [lab()], providers })
    expect(page.find(byTestid('providers')).exists()).toBe(false)
    expect(providers).not.toHaveBeenCalled()
  })
})

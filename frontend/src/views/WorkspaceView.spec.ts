import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'

import type { Environment } from '@/api/types'
import { byTestid, environment, lab, openPage, scriptedApi, settle, timeline } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

const DeskStub = defineComponent({
  name: 'LabDesk',
  props: { environment: { type: Object, required: true }, stop: { type: Function, required: true } },
  setup:
    (_props, { slots }) =>
    () =>
      h('div', { 'data-testid': 'desk' }, slots.default?.()),
})

async function open(current: Environment | null, script: Parameters<typeof scriptedApi>[0] = {}) {
  const api = scriptedApi({
    labs: async () => [lab({ environment: current })],
    environment: async () => current ?? environment(),
    ...script,
  })
  const opened = await openPage('/labs/secrets-in-git', api, { LabDesk: DeskStub })
  close = opened.close
  return opened
}

const receipt: NonNullable<Environment['receipt']> = {
  reason: 'stopped',
  completed_at: '2026-11-21T10:30:00Z',
  resources: [
    {
      kind: 'machine',
      provider: 'linode',
      id: '4711',
      label: 'env-1-1',
      region: 'eu-west',
      created_at: '2026-11-21T10:00:00Z',
      delete_requested_at: '2026-11-21T10:29:58Z',
      verified_absent_at: '2026-11-21T10:30:00Z',
      evidence: 'the provider answered 404',
    },
  ],
}

describe('the workspace', () => {
  it('offers Play where there is no machine, and follows the start', async () => {
    const started = environment()
    const { page } = await open(null, { start: async () => started, environment: async () => started })
    await page.get(byTestid('play-secrets-in-git')).trigger('click')
    await settle()
    expect(page.find(byTestid('status-requested')).exists()).toBe(true)
    expect(page.find(byTestid('stage-requested')).exists()).toBe(true)
  })

  it('shows the stages that happened, the one that failed, and what is to come', async () => {
    const { page } = await open(
      environment({
        status: 'creating',
        attempt: 2,
        placement: { provider: 'digitalocean', region: 'lon1' },
        timeline: timeline('requested', 'creating', 'placement-failed', 'creating'),
      }),
    )
    expect(page.findAll(byTestid('stage-creating'))).toHaveLength(2)
    expect(page.find(byTestid('stage-placement-failed')).exists()).toBe(true)
    expect(page.find(byTestid('upcoming-ready')).exists()).toBe(true)
    expect(page.get(byTestid('placement')).text()).toContain('DigitalOcean, lon1 · attempt 2')
  })

  it('opens the desk when the machine is ready', async () => {
    const access = { terminal_url: 'ws://127.0.1.2:7080/terminal', secret: 's', tabs: [] }
    const { page } = await open(
      environment({ status: 'ready', access, timeline: timeline('requested', 'ready') }),
    )
    expect(page.find(byTestid('desk')).exists()).toBe(true)
    expect(page.find(byTestid('status-ready')).exists()).toBe(true)
  })

  it('leaves the desk as soon as the machine is not wanted any more', async () => {
    const access = { terminal_url: 'ws://127.0.1.2:7080/terminal', secret: 's', tabs: [] }
    const { page } = await open(
      environment({ status: 'ready', wanted: 'gone', access, timeline: timeline('ready', 'stop-requested') }),
    )
    expect(page.find(byTestid('desk')).exists()).toBe(false)
    expect(page.find(byTestid('status-deleting')).exists()).toBe(true)
    expect(page.find(byTestid('upcoming-deleted')).exists()).toBe(true)
  })

  it('asks before it deletes, and says what is lost', async () => {
    const running = environment({ status: 'booting' })
    const stop = vi.fn(async () => environment({ status: 'deleting', wanted: 'gone' }))
    const { page } = await open(running, { stop })
    await page.get(byTestid('stop')).trigger('click')
    await settle()
    expect(stop).not.toHaveBeenCalled()
    const confirm = document.querySelector<HTMLButtonElement>(byTestid('confirm-stop'))
    expect(document.body.textContent).toContain('Everything on it will be deleted')
    confirm?.click()
    await settle()
    expect(stop).toHaveBeenCalledWith('env_1')
    expect(page.find(byTestid('status-deleting')).exists()).toBe(true)
  })

  it('shows the receipt at the end and starts again with a fresh environment', async () => {
    const gone = environment({
      status: 'gone',
      wanted: 'gone',
      receipt,
      timeline: timeline('requested', 'ready', 'stop-requested', 'deleting', 'deleted'),
    })
    const fresh = environment({ id: 'env_2' })
    const { page } = await open(gone, {
      start: async () => fresh,
      environment: async (id) => (id === 'env_2' ? fresh : gone),
    })
    const text = page.get(byTestid('receipt')).text()
    for (const fact of ['env-1-1', '4711', 'Linode, eu-west', 'the provider answered 404'])
      expect(text).toContain(fact)
    await page.get(byTestid('start-again')).trigger('click')
    await settle()
    expect(page.find(byTestid('receipt')).exists()).toBe(false)
    expect(page.find(byTestid('status-requested')).exists()).toBe(true)
  })

  it('says why an environment failed', async () => {
    const failed = environment({
      status: 'failed',
      wanted: 'gone',
      failure: { code: 'setup_failed', message: 'The set-up script ended with an error.' },
      timeline: timeline('requested', 'failed'),
    })
    const { page } = await open(failed)
    expect(page.get(byTestid('failure')).text()).toContain('The set-up script ended with an error.')
    expect(page.find(byTestid('status-failed')).exists()).toBe(true)
  })

  it('is no dead end for a lab that the class does not have', async () => {
    const { page } = await open(null, { labs: async () => [] })
    expect(page.find(byTestid('lab-unknown')).exists()).toBe(true)
  })
})

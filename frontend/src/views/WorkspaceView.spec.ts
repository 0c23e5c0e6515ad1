import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'

import type { Environment } from '@/api/types'
import {
  byTestid,
  environment,
  lab,
  labList,
  openPage,
  receipt,
  scriptedApi,
  settle,
  timeline,
} from '@/testing/portal'

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
    labs: async () => labList([lab({ environment: current })]),
    environment: async () => current ?? environment(),
    ...script,
  })
  const opened = await openPage('/labs/secrets-in-git', api, { LabDesk: DeskStub })
  close = opened.close
  return opened
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
      receipt: receipt(),
      timeline: timeline('requested', 'ready', 'stop-requested', 'deleting', 'deleted'),
    })
    const fresh = environment({ id: 'env_2' })
    const { page } = await open(gone, {
      start: async () => fresh,
      environment: async (id) => (id === 'env_2' ? fresh : gone),
    })
    const text = page.get(byTestid('receipt')).text()
    const facts = [
      'env-1-1',
      '4711',
      'Linode, eu-west',
      'the provider answered 404',
      'access secret',
      'machine token',
    ]
    for (const fact of [...facts, 'no volumes, no firewalls, no DNS records']) expect(text).toContain(fact)
    await page.get(byTestid('start-again')).trigger('click')
    await settle()
    expect(page.find(byTestid('receipt')).exists()).toBe(false)
    expect(page.find(byTestid('status-requested')).exists()).toBe(true)
  })

  it('says where it stands in line and when it may be ready', async () => {
    const soon = new Date(Date.now() + 119_000).toISOString()
    const later = new Date(Date.now() + 240_000).toISOString()
    const { page } = await open(
      environment({
        placement: { provider: 'linode', region: 'eu-west' },
        timeline: timeline('requested', 'waiting'),
        start: { ahead: 37, likely_ready_at: soon, ready_by: later, samples: 20 },
      }),
    )
    expect(page.get(byTestid('in-line')).text()).toBe('In line at Linode: about 37 starts before yours')
    expect(page.get(byTestid('estimate')).text()).toBe('Ready in about 2 minutes')
    expect(page.get('[role="progressbar"]').attributes('aria-valuetext')).toContain('2 of 7')
  })

  it('invents nothing while nothing is known', async () => {
    const { page } = await open(environment())
    expect(page.find(byTestid('in-line')).exists()).toBe(false)
    expect(page.find(byTestid('estimate')).exists()).toBe(false)
    expect(page.find(byTestid('outlook')).exists()).toBe(true)
  })

  it('says why it waits while every provider rests', async () => {
    const resting = environment({ timeline: timeline('requested', 'waiting') })
    resting.timeline[1]!.detail = 'the provider does not answer; it is asked again soon'
    const { page } = await open(resting)
    expect(page.get(byTestid('standstill')).text()).toContain('the provider does not answer')
  })

  it('tells plainly which place failed and which is tried now', async () => {
    const detour = environment({
      attempt: 1,
      placement: { provider: 'digitalocean', region: 'lon1' },
      timeline: timeline('requested', 'creating', 'placement-failed'),
    })
    detour.timeline[1]!.detail = 'Linode, eu-west'
    detour.timeline[2]!.detail = 'the provider has no free machine there now'
    const { page } = await open(detour)
    expect(page.get(byTestid('detour')).text().replace(/\s+/g, ' ')).toBe(
      'Linode, eu-west: the provider has no free machine there now. Now trying DigitalOcean, lon1.',
    )
  })

  it('stays a start while the machine of a place that failed is deleted', async () => {
    const retrying = environment({
      status: 'deleting',
      timeline: timeline('requested', 'creating', 'machine-created', 'placement-failed', 'deleting'),
    })
    const { page } = await open(retrying)
    expect(page.get('h1').text()).toBe('Your machine is on its way')
    expect(page.find(byTestid('stop')).exists()).toBe(true)
    expect(page.get(byTestid('detour')).text()).toContain('deleted first')
  })

  it('tells waiting that goes on as one stage with the newest reason', async () => {
    const waiting = environment({ timeline: timeline('requested', 'waiting', 'waiting', 'waiting') })
    waiting.timeline[3]!.detail = 'in line at Linode, about 12 before'
    const { page } = await open(waiting)
    expect(page.findAll(byTestid('stage-waiting'))).toHaveLength(1)
    expect(page.get(byTestid('stage-waiting')).text()).toContain('about 12 before')
  })

  it('says why an environment failed, what to do, and offers Play', async () => {
    const failed = environment({
      status: 'failed',
      wanted: 'gone',
      failure: { code: 'setup_failed', message: 'the set-up script ended with an error' },
      timeline: timeline('requested', 'failed'),
      receipt: receipt({ reason: 'failed' }),
    })
    const { page } = await open(failed)
    expect(page.get(byTestid('failure')).text()).toContain('The set-up script ended with an error.')
    expect(page.get(byTestid('advice')).text()).toContain('Press Play for a fresh machine')
    expect(page.get(byTestid('start-again')).text()).toBe('Play again')
    expect(page.find(byTestid('status-failed')).exists()).toBe(true)
  })

  it('offers Play while a deletion is still being proven, and shows the receipt once it is there', async () => {
    const silent = environment({
      status: 'failed',
      wanted: 'gone',
      failure: { code: 'provider_silent', message: 'Linode did not say for 5 minutes whether it is gone' },
      timeline: timeline('requested', 'ready', 'stop-requested', 'deleting', 'failed'),
    })
    let current = silent
    const { page, queries } = await open(silent, { environment: async () => current })
    expect(page.get('h1').text()).toBe('Not proven gone yet')
    expect(page.find(byTestid('unproven')).exists()).toBe(true)
    expect(page.find(byTestid('start-again')).exists()).toBe(true)
    expect(page.find(byTestid('upcoming-deleted')).exists()).toBe(true)

    current = { ...silent, receipt: receipt() }
    await queries.refetchQueries()
    await settle()
    expect(page.get('h1').text()).toBe('Deleted, and verified absent')
    expect(page.find(byTestid('proven-late')).exists()).toBe(true)
    expect(page.find(byTestid('failure')).exists()).toBe(false)
  })

  it('is no dead end for a lab that the class does not have', async () => {
    const { page } = await open(null, { labs: async () => labList([]) })
    expect(page.find(byTestid('lab-unknown')).exists()).toBe(true)
  })
})

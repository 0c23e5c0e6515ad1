import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref, shallowRef } from 'vue'

import type { Environment, HandRaised } from '@/api/types'
import type { CheckRound, Viewing } from '@/terminal/protocol'
import {
  byTestid,
  environment,
  lab,
  labList,
  openPage,
  scriptedApi,
  settle,
  timeline,
} from '@/testing/portal'

let close: (() => void) | undefined
beforeEach(() => {
  sessionStorage.clear()
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
})
afterEach(() => {
  close?.()
  vi.unstubAllGlobals()
})

/** A machine in the place of the terminal. */
function machine() {
  const checks = shallowRef<CheckRound | null>(null)
  const viewing = shallowRef<Viewing | null>({ mode: 'off', watching: [] })
  const told: string[] = []
  const TerminalPane = defineComponent({
    name: 'TerminalPane',
    emits: ['used'],
    setup(_props, { expose, slots }) {
      expose({
        state: ref('live'),
        checks,
        viewing,
        check: (name?: string) => told.push(`check ${name ?? 'all'}`) > 0,
        allowViewing(mode: Viewing['mode']) {
          told.push(`viewing ${mode}`)
          viewing.value = { mode, watching: mode === 'off' ? [] : ['Grace'] }
        },
        focus: () => undefined,
        type: () => true,
      })
      return () => h('div', slots.note?.())
    },
  })
  return { checks, viewing, told, TerminalPane }
}

const access = { terminal_url: 'ws://127.0.1.2:7080/terminal', secret: 's', tabs: [] }
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

async function open(changes: Partial<Environment>, script: Parameters<typeof scriptedApi>[0] = {}) {
  const found = environment({
    status: 'ready',
    access,
    expires_at: soon(60),
    timeline: timeline('requested', 'ready'),
    ...changes,
  })
  const api = scriptedApi({
    labs: async () => labList([lab({ environment: found })]),
    environment: async () => found,
    guide: async () => ({ title: 'Guide', markdown: 'Look around.' }),
    ...script,
  })
  const there = machine()
  const opened = await openPage('/labs/secrets-in-git', api, { TerminalPane: there.TerminalPane })
  close = opened.close
  return { ...opened, ...there, found }
}

const item = (name: string, passed: boolean | null) => ({
  name,
  title: `Do ${name}`,
  passed,
  message: null,
  checkedAt: null,
})
const stored = (passed: number, ...names: string[]) => ({
  every_minutes: null,
  total: names.length,
  passed,
  items: names.map((name, index) => ({ name, title: `Do ${name}`, passed: index < passed || null })),
})

describe('the desk', () => {
  it('has no checks where the lab has none', async () => {
    const { page } = await open({})
    expect(page.find(byTestid('checks-progress')).exists()).toBe(false)
    expect(page.find(byTestid('tab-checks')).exists()).toBe(false)
  })

  it('shows what was stored, then what the machine says, and asks it', async () => {
    const { page, checks, told } = await open({ checks: stored(1, 'one', 'two') })
    expect(page.get(byTestid('checks-progress')).text()).toBe('1/2')
    await page.get(byTestid('checks-progress')).trigger('click')
    await page.get(byTestid('check-work')).trigger('click')
    await page.get(byTestid('check-work')).trigger('click')
    expect(told).toEqual(['check all'])
    checks.value = { running: false, items: [item('one', true), item('two', true)] }
    await settle()
    expect(page.get(byTestid('checks-progress')).text()).toBe('2/2')
    expect(page.find(byTestid('checks-done')).exists()).toBe(true)
    await page.get(byTestid('check-one-two')).trigger('click')
    expect(told.at(-1)).toBe('check two')
  })

  it('asks whether somebody may watch, shows it while they do, and ends it', async () => {
    const asked = { policy: 'ask' as const, asked: { by: 'Grace', at: soon(0) }, answer: null }
    const answers: string[] = []
    let current: Environment | undefined
    const { page, told, found } = await open(
      { viewing: asked },
      {
        answerViewing: async (_id, answer) => {
          answers.push(answer)
          current = { ...found, viewing: { ...asked, answer } }
          return current
        },
        environment: async () => current ?? found,
      },
    )
    expect(page.get(byTestid('viewing-asked')).text()).toContain('Grace would like to see your terminal')
    await page.get(byTestid('allow-read')).trigger('click')
    await settle()
    expect([answers, told]).toEqual([['allowed'], ['viewing read']])
    expect(page.get(byTestid('being-watched')).text()).toContain('Grace is watching')
    await page.get(byTestid('allow-write')).trigger('click')
    await settle()
    expect(page.get(byTestid('being-watched')).text()).toContain('may type')
    await page.get(byTestid('stop-viewing')).trigger('click')
    await settle()
    expect(page.find(byTestid('being-watched')).exists()).toBe(false)
    expect(page.find(byTestid('viewing-asked')).exists()).toBe(false)
    expect([answers, told.at(-1)]).toEqual([['allowed', 'refused'], 'viewing off'])
  })

  it('lets nobody watch whose permission could not be written down', async () => {
    const asked = { policy: 'ask' as const, asked: { by: 'Grace', at: soon(0) }, answer: null }
    const { page, told } = await open(
      { viewing: asked },
      { answerViewing: () => Promise.reject(new Error('no')) },
    )
    await page.get(byTestid('allow-read')).trigger('click')
    await settle()
    expect(told).toEqual([])
    expect(page.get(byTestid('viewing-asked')).text()).toContain('Something went wrong')
  })

  it("states the class's policy, also while nobody looks", async () => {
    const { page } = await open({ viewing: { policy: 'open', asked: null, answer: null } })
    expect(page.get(byTestid('viewing-policy')).text()).toContain('Instructors may watch')
  })

  it('raises a hand with a note, and lowers it', async () => {
    const raiseHand = vi.fn(async (_id: string, { raised, note }: HandRaised) =>
      environment({
        status: 'ready',
        access,
        expires_at: soon(60),
        timeline: timeline('requested', 'ready'),
        hand: raised ? { since: soon(0), note: note ?? null } : null,
      }),
    )
    let current: Environment | undefined
    const { page, found } = await open(
      {},
      {
        raiseHand: async (id, hand) => (current = await raiseHand(id, hand)),
        environment: async () => current ?? found,
      },
    )
    const press = (name: string) => document.querySelector<HTMLElement>(byTestid(name))
    await page.get(byTestid('hand')).trigger('click')
    await settle()
    const note = press('hand-note')?.querySelector('input') ?? (press('hand-note') as HTMLInputElement)
    note.value = ' stuck '
    note.dispatchEvent(new Event('input'))
    press('raise-hand')?.closest('form')?.dispatchEvent(new Event('submit'))
    await settle()
    expect(raiseHand).toHaveBeenCalledWith('env_1', { raised: true, note: 'stuck' })
    expect(page.get(byTestid('hand')).attributes('data-raised')).toBe('true')
    await page.get(byTestid('hand')).trigger('click')
    await settle()
    press('lower-hand')?.click()
    await settle()
    expect(raiseHand).toHaveBeenLastCalledWith('env_1', { raised: false })
    expect(page.get(byTestid('hand')).attributes('data-raised')).toBe('false')
  })

  it('offers time when it runs out, and sends a lost press again as the same', async () => {
    const { UnreachableError } = await import('@/api/errors')
    const extend = vi.fn().mockRejectedValueOnce(new UnreachableError())
    const { page, found } = await open(
      { expires_at: soon(4), extension: { minutes: 15, left_minutes: 30 } },
      { extend },
    )
    extend.mockResolvedValue({ ...found, expires_at: soon(19), extension: null })
    expect(page.get(byTestid('time-notice')).text()).toContain('You may add up to 30 minutes')
    await page.get(byTestid('extend-now')).trigger('click')
    await settle()
    expect(page.get(byTestid('time-notice')).text()).toContain('did not answer')
    await page.get(byTestid('extend-now')).trigger('click')
    await settle()
    const [first, second] = extend.mock.calls
    expect(first).toEqual(second)
  })

  it('warns before nobody has used it for too long', async () => {
    localStorage.clear()
    const ready = timeline('requested', 'ready')
    ready[1]!.at = soon(-27)
    const { page } = await open({ idle_minutes: 30, timeline: ready })
    expect(page.get(byTestid('idle-notice')).text()).toMatch(
      /Nothing was typed for 27 minutes\.\s+In about 3 minutes/,
    )
  })

  it('shows messages over the work without taking the focus', async () => {
    const message = { id: 'msg_1', at: soon(0), from: 'Grace', text: 'Coffee at eleven.', personal: true }
    const { page } = await open({ messages: [message] })
    expect(page.get(byTestid('message-msg_1')).text()).toContain('to you')
    expect(document.activeElement?.closest(byTestid('messages'))).toBeNull()
  })
})

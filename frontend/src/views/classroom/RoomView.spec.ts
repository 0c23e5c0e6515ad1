import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { RoomAction } from '@/api/adminTypes'
import type { PortalApi } from '@/api/client'
import { UnreachableError } from '@/api/errors'
import { byTestid, instructor, openPage, scriptedApi, settle } from '@/testing/portal'
import { person, room, tile } from '@/testing/room'

let close: (() => void) | undefined
beforeEach(() => localStorage.clear())
afterEach(() => close?.())

const hand = { since: '2026-11-21T10:25:00Z', note: 'My push is refused' }
const full = room(
  person('mem_1', 'Ada', tile({ state: 'stuck', hand })),
  person('mem_2', 'Lin', tile({ id: 'env_2' })),
  person('mem_3', 'Grace'),
)

async function open(script: Partial<PortalApi> = {}) {
  const api = scriptedApi({
    session: async () => instructor,
    class: () => Promise.reject(new UnreachableError()),
    room: async () => ({ value: full, etag: '"1"' }),
    ...script,
  })
  const opened = await openPage('/classes/cls_1/room', api, { ClassFrame: { template: '<router-view />' } })
  close = opened.close
  return opened
}

describe('the room', () => {
  it('shows everybody with their state, who raised a hand first, and counts them', async () => {
    const { page } = await open()
    const seats = page.findAll('[data-testid^="seat-mem"]').map((seat) => seat.attributes('data-state'))
    expect(seats).toEqual(['stuck', 'not-started', 'working'])
    expect(page.get(byTestid('filter-hands')).text()).toContain('1')
    await page.get(byTestid('filter-working')).trigger('click')
    expect(page.findAll('[data-testid^="seat-mem"]')).toHaveLength(1)
  })

  it('has nothing personal on the page while names are hidden', async () => {
    const { page } = await open()
    expect(page.html()).toContain('Ada')
    await page.get(byTestid('hide-names')).trigger('click')
    await settle()
    const all = document.body.innerHTML
    for (const personal of ['Ada', 'Lin', 'My push is refused']) expect(all).not.toContain(personal)
    expect(page.text()).toContain('Seat 01')
  })

  it('keeps the last picture when the API fails', async () => {
    const answers = vi.fn(async () => ({ value: full, etag: '"1"' }))
    const { page, queries } = await open({ room: answers })
    answers.mockRejectedValue(new UnreachableError())
    await queries.refetchQueries()
    await settle()
    expect(page.findAll('[data-testid^="seat-mem"]')).toHaveLength(3)
  })

  it('says what an action will do before it is done, and does it once under one id', async () => {
    const act = vi.fn(async (_class: string, { action, preview = false, members = [] }: RoomAction) => ({
      action,
      preview,
      results: members.map((member) => ({
        member,
        environment: null,
        outcome: preview ? ('would-do' as const) : ('done' as const),
        reason: null,
      })),
    }))
    const { page } = await open({ act })
    await page.get(byTestid('choose-all')).setValue(true)
    expect(page.get(byTestid('chosen')).text()).toBe('3 chosen')
    await page.get(byTestid('act-stop')).trigger('click')
    await settle()
    const dialog = () => document.querySelector<HTMLElement>(byTestid('order'))
    expect(dialog()?.textContent).toContain('3 machines will be deleted')
    expect(act.mock.calls.map(([, { preview }]) => preview)).toEqual([true])
    document.querySelector<HTMLElement>(byTestid('order-confirm'))?.click()
    await settle()
    expect(dialog()?.textContent).toContain('3 machines being deleted')
    const done = act.mock.calls.map(([, action]) => action).filter(({ preview }) => !preview)
    expect(done).toHaveLength(1)
    expect(done[0]).toMatchObject({ action: 'stop', members: ['mem_1', 'mem_3', 'mem_2'] })
  })
})

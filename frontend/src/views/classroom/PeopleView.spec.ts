import { afterEach, describe, expect, it, vi } from 'vitest'

import type { RosterMode } from '@/api/adminTypes'
import type { PortalApi } from '@/api/client'
import { aClass, aJoinLink, aPerson, aRosterOutcome } from '@/testing/classroom'
import { byTestid, instructor, openPage, scriptedApi, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

const two = [
  aPerson(),
  aPerson({ id: 'mem_2', name: 'lin', display_name: 'Lin', state: 'suspended', extra_time_percent: 25 }),
]

async function open(script: Partial<PortalApi> = {}) {
  const opened = await openPage(
    '/classes/cls_1/people',
    scriptedApi({
      session: async () => instructor,
      class: async () => ({ value: aClass(), etag: '"1"' }),
      people: async () => ({ members: two, next_cursor: null }),
      joinLinks: async () => [],
      ...script,
    }),
  )
  close = opened.close
  return opened
}

const inBody = (selector: string) => document.body.querySelector<HTMLElement>(selector)

async function press(selector: string) {
  inBody(selector)?.click()
  await settle()
}

async function type(selector: string, text: string) {
  const field = inBody(selector) as HTMLInputElement
  field.value = text
  field.dispatchEvent(new Event('input'))
  await settle()
}

async function submit(form: string) {
  inBody(form)?.dispatchEvent(new Event('submit', { cancelable: true }))
  await settle()
}

describe('the page of people', () => {
  it('reads every page of them and shows who is who', async () => {
    const people = vi.fn(async (_id: string, cursor: string | null) =>
      cursor === null ? { members: [two[0]!], next_cursor: 'x' } : { members: [two[1]!], next_cursor: null },
    )
    const { page } = await open({ people })
    expect(page.get(byTestid('seats')).text()).toBe('2 of 100 seats taken')
    const table = page.get(byTestid('people-table')).text()
    for (const fact of ['Ada', 'ada@class.example', 'Active', 'Lin', 'Suspended', '+25 %'])
      expect(table).toContain(fact)
  })

  it('shows a one-time code once, after somebody was added', async () => {
    const added = aPerson({ id: 'mem_3', name: 'mira', display_name: 'Mira', state: 'invited' })
    const addPerson = vi.fn(async () => ({ member: added, code: 'K7WQ-M2XD-9RTA' }))
    const { page } = await open({ addPerson })
    await page.get(byTestid('add-person')).trigger('click')
    await settle()
    await submit('#person')
    expect(inBody(byTestid('person-dialog'))?.textContent).toContain('Say what the person is called.')
    await type(byTestid('person-display-name'), 'Mira')
    await submit('#person')
    expect(addPerson).toHaveBeenCalledWith('cls_1', { display_name: 'Mira' })
    expect(inBody(byTestid('code'))?.textContent).toBe('K7WQ-M2XD-9RTA')
    expect(inBody('.print-sheet')?.textContent).toContain('K7WQ-M2XD-9RTA')
    await press(byTestid('code-done'))
    expect(document.querySelector('.print-sheet')).toBeNull()
  })

  it('is no dead end where nobody is there', async () => {
    const { page } = await open({ people: async () => ({ members: [] }) })
    expect(page.get(byTestid('nobody')).findAll('button')).toHaveLength(2)
  })
})

describe('a roster', () => {
  const importRoster = () =>
    vi.fn(async (_id: string, mode: RosterMode) =>
      mode === 'preview'
        ? aRosterOutcome()
        : aRosterOutcome({
            mode,
            imported: true,
            codes: [{ name: 'mira', display_name: 'Mira', code: 'AAAA-BBBB' }],
            codes_expire_at: '2026-12-06T10:00:00Z',
          }),
    )

  async function preview(api: ReturnType<typeof importRoster>) {
    const opened = await open({ importRoster: api })
    await opened.page.get(byTestid('open-roster')).trigger('click')
    await settle()
    await type(`${byTestid('roster-text')} textarea`, 'Name;Mail\nMira;m@x\nOle;nope')
    await submit('#roster')
    return opened
  }

  it('is looked at before anything is written, every bad row with its place and its fix', async () => {
    const api = importRoster()
    await preview(api)
    expect(api.mock.calls.map(([, mode]) => mode)).toEqual(['preview'])
    const dialog = inBody(byTestid('roster-dialog'))?.textContent ?? ''
    for (const fact of [
      '1 row is bad',
      'UTF-16LE, semicolons',
      'E-mail',
      'is no e-mail address',
      'correct it',
      'check the accents',
    ])
      expect(dialog).toContain(fact)
  })

  it('is imported without its bad rows when that is wanted, and hands out the codes', async () => {
    const api = importRoster()
    await preview(api)
    await press(byTestid('import-good'))
    expect(api.mock.calls.map(([, mode]) => mode)).toEqual(['preview', 'good'])
    expect(inBody(byTestid('imported'))?.textContent).toContain('1 bad row was left out')
    expect(inBody(byTestid('roster-dialog'))?.textContent).toContain('AAAA-BBBB')
    expect(inBody(byTestid('codes-csv'))).not.toBeNull()
  })
})

describe('join links', () => {
  it('are shown as a QR code when they were made, and revoked', async () => {
    const made = aJoinLink({ id: 'lnk_9' })
    let links = [aJoinLink({ id: 'lnk_0', revoked_at: '2026-11-22T00:00:00Z' })]
    const createJoinLink = vi.fn(async () => {
      links = [made, ...links]
      return { ...made, token: 't', url: 'https://labs.example/join#t' }
    })
    const revokeJoinLink = vi.fn(async () => {
      links = links.map((link) => ({ ...link, revoked_at: '2026-11-22T00:00:00Z' }))
    })
    const { page } = await open({ joinLinks: async () => links, createJoinLink, revokeJoinLink })
    await page.get(byTestid('open-links')).trigger('click')
    await settle()
    expect(inBody(byTestid('link-lnk_0'))?.textContent).toContain('Revoked')
    await submit(`${byTestid('links-dialog')} form`)
    expect(createJoinLink.mock.lastCall).toMatchObject(['cls_1', { seats: 98 }])
    expect(inBody(byTestid('link-address'))?.textContent).toBe('https://labs.example/join#t')
    expect(inBody(byTestid('qr'))?.querySelector('path')?.getAttribute('d')?.length).toBeGreaterThan(1_000)

    await press(byTestid('revoke-lnk_9'))
    expect(revokeJoinLink).toHaveBeenCalledWith('cls_1', 'lnk_9')
    expect(inBody(byTestid('qr'))).toBeNull()
  })
})

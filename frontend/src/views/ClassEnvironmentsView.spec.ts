import { afterEach, describe, expect, it, vi } from 'vitest'

import { byTestid, environment, instructor, openPage, receipt, scriptedApi, settle } from '@/testing/portal'
import type { PortalApi } from '@/api/client'

let close: (() => void) | undefined
afterEach(() => close?.())

const grace = instructor.member

async function open(script: Partial<PortalApi>) {
  const api = scriptedApi({ session: async () => instructor, ...script })
  const opened = await openPage('/class/environments', api)
  close = opened.close
  return opened.page
}

describe("the page of a class's environments", () => {
  it('lists everybody with status and proof, and loads the next page when asked', async () => {
    const gone = environment({ id: 'env_1', status: 'gone', receipt: receipt() })
    const ready = environment({ id: 'env_2', status: 'ready' })
    const classEnvironments = vi.fn(async (_class: string, cursor: string | null) =>
      cursor === null
        ? { environments: [{ member: grace, environment: gone }], next_cursor: 'further' }
        : { environments: [{ member: null, environment: ready }], next_cursor: null },
    )
    const page = await open({ classEnvironments })
    const first = page.get(byTestid('row-env_1')).text()
    for (const fact of ['Grace', 'Linode', '4711', 'answered 404', 'access secret'])
      expect(first).toContain(fact)

    await page.get(byTestid('more')).trigger('click')
    await settle()
    expect(classEnvironments.mock.calls).toEqual([
      [instructor.class.id, null],
      [instructor.class.id, 'further'],
    ])
    expect(page.get(byTestid('row-env_2')).text()).toContain('No receipt yet')
    expect(page.find(byTestid('more')).exists()).toBe(false)
  })

  it('is no dead end where nothing is there or nothing can be loaded', async () => {
    const empty = await open({ classEnvironments: async () => ({ environments: [], next_cursor: null }) })
    expect(empty.text()).toContain('Nothing yet')
    close?.()
    const broken = await open({ classEnvironments: () => Promise.reject(new Error('no')) })
    expect(broken.text()).toContain('Try again')
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Class, ClassSettings, Versioned } from '@/api/adminTypes'
import type { PortalApi } from '@/api/client'
import { ApiError, ChangedMeanwhileError } from '@/api/errors'
import { aClass } from '@/testing/classroom'
import { byTestid, instructor, openPage, scriptedApi, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

const problem = (status: number, code: string, errors: { field: string; message: string }[] = []) => ({
  type: 'about:blank',
  title: code,
  status,
  code,
  detail: 'Words for people.',
  errors,
  trace_id: '',
})

/** A class as the API keeps it: an edit of an older revision is refused. */
function stored(changes: Partial<Class> = {}) {
  let current: Versioned<Class> = { value: aClass(changes), etag: '"1"' }
  const write = (value: Partial<Class>) => {
    current = { value: { ...current.value, ...value }, etag: `"${Number(JSON.parse(current.etag)) + 1}"` }
    return current
  }
  const editClass = vi.fn(async (_id: string, settings: ClassSettings, etag: string) => {
    if (etag !== current.etag) throw new ChangedMeanwhileError(problem(412, 'changed_meanwhile'))
    return write(settings)
  })
  return { class: async () => current, editClass, write }
}

async function open(script: Partial<PortalApi>, path = '/classes/cls_1/settings') {
  const calm = {
    session: async () => instructor,
    instructors: () => Promise.reject(new ApiError(problem(403, 'forbidden'))),
    people: async () => ({ members: [] }),
  }
  const opened = await openPage(path, scriptedApi({ ...calm, ...script }))
  close = opened.close
  const { page } = opened
  const save = async () => {
    await page.get(byTestid('class-form')).trigger('submit')
    await settle()
  }
  return { ...opened, save }
}

const inBody = (name: string) => document.body.querySelector<HTMLElement>(byTestid(name))

describe('the settings of a class', () => {
  it('are shown on the clock of the class and saved with the mark they were read with', async () => {
    const api = stored()
    const { page, save } = await open(api)
    expect(page.get<HTMLInputElement>(byTestid('opens_at')).element.value).toBe('2026-11-23T09:00')
    expect(page.get(byTestid('save')).attributes('disabled')).toBeDefined()

    await page.get(byTestid('title')).setValue('DevSecOps, evening')
    await page.get(byTestid('budget')).setValue('40')
    await save()
    const [id, settings, etag] = api.editClass.mock.calls[0] ?? []
    expect([id, etag]).toEqual(['cls_1', '"1"'])
    expect(settings).toMatchObject({ title: 'DevSecOps, evening', budget_micro_usd: 40_000_000 })
    expect(page.text()).toContain('Saved.')
  })

  it('are not sent while something is wrong with them', async () => {
    const api = stored()
    const { page, save } = await open(api)
    await page.get(byTestid('budget')).setValue('plenty')
    await save()
    expect(page.text()).toContain('An amount in dollars')
    expect(api.editClass).not.toHaveBeenCalled()
  })

  it('show at its field what the API refused', async () => {
    const refusal = new ApiError(
      problem(422, 'invalid_request', [{ field: 'budget_micro_usd', message: 'is below what runs' }]),
    )
    const { page, save } = await open({ ...stored(), editClass: () => Promise.reject(refusal) })
    await page.get(byTestid('budget')).setValue('1')
    await save()
    expect(page.text()).toContain('is below what runs')
    expect(page.get(byTestid('form-error')).text()).toBe('Words for people.')
  })
})

describe('somebody else who saved first', () => {
  async function collide() {
    const api = stored()
    const opened = await open(api)
    api.write({ seats: 120, title: 'Theirs' })
    await opened.page.get(byTestid('title')).setValue('Mine')
    await opened.save()
    return { api, ...opened }
  }

  it('is shown beside what was typed, and nothing is lost', async () => {
    const { page, api } = await collide()
    const row = page.get(byTestid('differs-title')).text()
    expect(row).toContain('Theirs')
    expect(row).toContain('Mine')
    expect(page.find(byTestid('differs-seats')).exists()).toBe(false)
    expect((await api.class()).value.title).toBe('Theirs')
  })

  it('can be overwritten, but for what was not touched', async () => {
    const { page, api } = await collide()
    await page.get(byTestid('keep-mine')).trigger('click')
    await settle()
    expect((await api.class()).value).toMatchObject({ title: 'Mine', seats: 120 })
    expect(page.find(byTestid('conflict')).exists()).toBe(false)
  })

  it('can be taken over', async () => {
    const { page, api } = await collide()
    await page.get(byTestid('take-theirs')).trigger('click')
    await settle()
    expect(page.get<HTMLInputElement>(byTestid('title')).element.value).toBe('Theirs')
    expect(page.find(byTestid('conflict')).exists()).toBe(false)
    expect(api.editClass).toHaveBeenCalledOnce()
  })
})

describe('leaving the settings', () => {
  it('asks first while something is not saved', async () => {
    const { page, router } = await open(stored())
    await page.get(byTestid('title')).setValue('Mine')
    const left = router.push('/classes/cls_1/people')
    await settle()
    expect(router.currentRoute.value.name).toBe('class-settings')
    inBody('leave')?.click()
    await left
    expect(router.currentRoute.value.name).toBe('people')
  })
})

describe('deleting a class', () => {
  it('is possible for an archived class only, after its code was typed, and ends with the receipt', async () => {
    const receipt = {
      class_id: 'cls_1',
      code: 'DEVSEC-7',
      title: 'DevSecOps',
      begun_at: '2026-11-25T09:59:58Z',
      deleted_at: '2026-11-25T10:00:00Z',
      deleted_by: 'Grace',
      instructors: ['ins_1'],
      counts: {
        members: 96,
        environments: 214,
        labs: 3,
        lab_versions: 8,
        messages: 12,
        events: 431,
        join_links: 2,
      },
      machines: { total: 214, verified_absent: 214 },
      verified_absent: true,
    }
    const deleteClass = vi.fn(async () => receipt)
    const api = stored({ state: 'archived', archived_at: '2026-11-24T00:00:00Z' })
    const deletion = async () => receipt
    const { page, router } = await open({ ...api, deleteClass, deletion, classes: async () => [] })
    await page.get(byTestid('delete-class')).trigger('click')
    await settle()
    expect(inBody('confirm-delete-class')?.hasAttribute('disabled')).toBe(true)

    const field = inBody('delete-code') as HTMLInputElement
    field.value = 'devsec-7'
    field.dispatchEvent(new Event('input'))
    await settle()
    document.body.querySelector('#delete-class')?.dispatchEvent(new Event('submit', { cancelable: true }))
    await settle()
    expect(deleteClass).toHaveBeenCalledWith('cls_1')
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('class-deletion'))
    await settle()
    expect(page.text()).toContain('214 of 214')
  })

  it('is not offered while the class is in use', async () => {
    const { page } = await open(stored())
    expect(page.get(byTestid('delete-class')).attributes('disabled')).toBeDefined()
  })
})

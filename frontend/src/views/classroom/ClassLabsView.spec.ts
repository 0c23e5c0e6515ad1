import { afterEach, describe, expect, it, vi } from 'vitest'

import type { LabSettings, LabValidation } from '@/api/adminTypes'
import type { PortalApi } from '@/api/client'
import { aClass, anAdminLab } from '@/testing/classroom'
import { byTestid, instructor, openPage, scriptedApi, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

const three = ['a-lab', 'b-lab', 'c-lab'].map((slug, index) =>
  anAdminLab({ slug, title: slug, position: index * 2, old_running: index }),
)

async function open(script: Partial<PortalApi> = {}) {
  const opened = await openPage(
    '/classes/cls_1/labs',
    scriptedApi({
      session: async () => instructor,
      class: async () => ({ value: aClass(), etag: '"1"' }),
      adminLabs: async () => three,
      ...script,
    }),
  )
  close = opened.close
  return opened.page
}

const editing = () =>
  vi.fn(async (_class: string, slug: string, settings: LabSettings, etag: string) => ({
    value: { ...anAdminLab({ slug }), ...settings },
    etag,
  }))

describe('the labs of a class', () => {
  it('say which machines run an older version', async () => {
    const page = await open()
    expect(page.find(byTestid('old-a-lab')).exists()).toBe(false)
    expect(page.get(byTestid('old-c-lab')).text()).toBe('2 machines run an older version')
  })

  it('are moved by one place, and every position that changed is written with its mark', async () => {
    const editLab = editing()
    const page = await open({ editLab })
    await page.get(byTestid('down-a-lab')).trigger('click')
    await settle()
    expect(editLab.mock.calls.map(([, slug, { position }, etag]) => [slug, position, etag])).toEqual([
      ['b-lab', 0, '"7"'],
      ['a-lab', 1, '"7"'],
      ['c-lab', 2, '"7"'],
    ])
  })

  it('cannot be moved over the edge', async () => {
    const page = await open()
    expect(page.get(byTestid('up-a-lab')).attributes('disabled')).toBeDefined()
    expect(page.get(byTestid('down-c-lab')).attributes('disabled')).toBeDefined()
  })

  it('are hidden without changing anything else', async () => {
    const editLab = editing()
    const page = await open({ editLab })
    await page.get(byTestid('hide-b-lab')).trigger('click')
    await settle()
    expect(editLab.mock.lastCall?.[2]).toEqual({ position: 2, hidden: true, starts_per_trainee: null })
  })
})

describe('an upload', () => {
  const lab = [
    new File(['title: x'], 'lab.yaml', { type: 'text/yaml' }),
    new File(['#'], 'guide.md', { type: 'text/markdown' }),
  ]
  for (const file of lab) Object.defineProperty(file, 'webkitRelativePath', { value: `New Lab/${file.name}` })

  async function choose(validation: LabValidation) {
    const pushLab = vi.fn(async () => ({
      slug: 'new-lab',
      title: 'New',
      version: 'v',
      unchanged: false,
      warnings: [],
    }))
    const validateLab = vi.fn(async () => validation)
    const page = await open({ pushLab, validateLab, adminLab: () => new Promise(() => undefined) })
    await page.get(byTestid('upload')).trigger('click')
    await settle()
    const input = document.body.querySelector<HTMLInputElement>(byTestid('lab-folder'))!
    Object.defineProperty(input, 'files', { value: lab })
    input.dispatchEvent(new Event('change'))
    // Reading files takes a few turns.
    await vi.waitFor(() => expect(validateLab).toHaveBeenCalled())
    await settle()
    const dialog = document.body.querySelector<HTMLElement>(byTestid('upload-dialog'))!
    return { pushLab, validateLab, dialog, button: dialog.querySelector<HTMLElement>(byTestid('push-lab'))! }
  }

  it('that has mistakes names file, line, field and fix, and cannot be sent', async () => {
    const { dialog, button, pushLab } = await choose({
      slug: 'new-lab',
      problems: [
        {
          file: 'lab.yaml',
          line: 5,
          column: 2,
          field: 'placements[0].size',
          problem: 'a tab stands where YAML needs spaces',
          fix: 'use two spaces',
          severity: 'error',
        },
      ],
    })
    for (const fact of ['lab.yaml:5:2', 'placements[0].size', 'a tab stands', 'use two spaces'])
      expect(dialog.textContent).toContain(fact)
    button.click()
    await settle()
    expect(pushLab).not.toHaveBeenCalled()
  })

  it('that has warnings alone shows them, and can be sent', async () => {
    const warning = { file: 'notes.txt', problem: 'is no part of a lab', severity: 'warning' } as const
    const { dialog, button, pushLab } = await choose({ problems: [warning], slug: 'new-lab', title: 'New' })
    for (const fact of ['notes.txt', 'is no part of a lab', 'Warning', 'worth a look'])
      expect(dialog.textContent).toContain(fact)
    expect(dialog.textContent).not.toContain('corrected first')
    button.click()
    await settle()
    expect(pushLab).toHaveBeenCalledOnce()
  })

  it('that is good is stored only when that is asked for', async () => {
    const { pushLab, validateLab, button } = await choose({ problems: [], slug: 'new-lab', title: 'New' })
    expect(validateLab).toHaveBeenCalledWith('cls_1', 'new-lab', expect.anything())
    expect(pushLab).not.toHaveBeenCalled()
    button.click()
    await settle()
    expect(pushLab.mock.lastCall).toMatchObject([
      'cls_1',
      'new-lab',
      { files: [{ path: 'guide.md' }, { path: 'lab.yaml' }] },
    ])
  })
})

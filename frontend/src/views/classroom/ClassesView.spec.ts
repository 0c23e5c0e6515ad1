import { afterEach, describe, expect, it } from 'vitest'

import type { PortalApi } from '@/api/client'
import { UnreachableError } from '@/api/errors'
import { aSummary } from '@/testing/classroom'
import { byTestid, instructor, openPage, provider, scriptedApi, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

async function open(script: Partial<PortalApi>) {
  const calm = { session: async () => instructor, providers: async () => [], classes: async () => [] }
  const opened = await openPage('/classes', scriptedApi({ ...calm, ...script }))
  close = opened.close
  return opened
}

const three = async () => [
  aSummary(),
  aSummary({ id: 'cls_2', code: 'SPRING', title: 'Spring', state: 'closed' }),
  aSummary({
    id: 'cls_3',
    code: 'OLD',
    title: 'Old',
    state: 'archived',
    archived_at: '2026-01-01T00:00:00Z',
  }),
]

describe('the page of classes', () => {
  it('shows what is going on first, in the time zone of each class, and hides what is archived', async () => {
    const { page } = await open({ classes: three })
    const cards = page.findAll('[data-testid^="class-"] h2').map((card) => card.text())
    expect(cards).toEqual(['DevSecOps', 'Spring'])
    const card = page.get(byTestid('class-DEVSEC-7'))
    expect(card.text()).toContain('Europe/Berlin')
    expect(card.text()).toContain('9:00')
    expect(card.attributes('href')).toBe('/classes/cls_1/room')

    await page.get(byTestid('show-archived')).get('input').setValue(true)
    expect(page.find(byTestid('class-OLD')).exists()).toBe(true)
  })

  it('finds a class by title or code, and says when there is none', async () => {
    const { page } = await open({ classes: three })
    await page.get('.search input').setValue('spr')
    expect(page.findAll('[data-testid^="class-"] h2')).toHaveLength(1)
    await page.get('.search input').setValue('nothing')
    expect(page.get(byTestid('none-found')).text()).toContain('Archived ones are hidden')
  })

  it('leads to the first class where there is none', async () => {
    const { page } = await open({})
    expect(page.get(byTestid('no-classes')).find('a').attributes('href')).toBe('/classes/new')
  })

  it('can be asked again when the classes did not come', async () => {
    let broken = true
    const { page } = await open({
      classes: () => (broken ? Promise.reject(new UnreachableError()) : three()),
    })
    broken = false
    await page.get(byTestid('load-failure')).get('button').trigger('click')
    await settle()
    expect(page.find(byTestid('class-DEVSEC-7')).exists()).toBe(true)
  })
})

describe('the providers on it', () => {
  it('are shown with how starts fare at each', async () => {
    const providers = async () => [
      provider({ waiting: 12 }),
      provider({ provider: 'digitalocean', p50_seconds: null, p90_seconds: null, samples: 0 }),
    ]
    const { page } = await open({ providers })
    const linode = page.get(byTestid('provider-linode')).text()
    for (const fact of ['Linode', '12 starts', '38 s', '1 min 5 s', '20 recent starts'])
      expect(linode).toContain(fact)
    expect(page.get(byTestid('provider-digitalocean')).text()).toContain('No recent start')
    expect(page.find('[data-reason]').exists()).toBe(false)
  })

  it('that rest say why, what to do, since when and until when', async () => {
    const resting = {
      reason: 'unauthorized' as const,
      since: new Date(Date.now() - 121_000).toISOString(),
      until: new Date(Date.now() + 179_000).toISOString(),
    }
    const { page } = await open({ providers: async () => [provider({ resting })] })
    const notice = page.get(byTestid('resting-linode')).text()
    for (const fact of ['Linode refuses', 'a new token', 'for 2 minutes', 'in about 3 minutes'])
      expect(notice).toContain(fact)
  })

  it('take nothing away when they cannot be loaded', async () => {
    const { page } = await open({ classes: three, providers: () => Promise.reject(new Error('no')) })
    expect(page.find(byTestid('providers-error')).exists()).toBe(true)
    expect(page.find(byTestid('class-DEVSEC-7')).exists()).toBe(true)
  })
})

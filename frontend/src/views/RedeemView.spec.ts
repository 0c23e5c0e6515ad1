import { afterEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@/api/errors'
import { byTestid, labList, openPage, scriptedApi, session, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

const problem = (status: number, code: string) =>
  new ApiError({ type: 'urn:x', title: code, status, code, detail: '', errors: [], trace_id: '' })

async function open(redeem: () => Promise<typeof session>) {
  const api = scriptedApi({ session: async () => null, labs: async () => labList(), redeem })
  const opened = await openPage('/redeem?class=DEVSEC-7&name=ada', api)
  close = opened.close
  const { page } = opened
  return {
    ...opened,
    async submit() {
      await page.get(byTestid('redeem-code')).setValue(' k4fp-9x2m ')
      await page.get(byTestid('redeem-passphrase')).setValue('green kettle hums')
      await page.get(byTestid('redeem')).trigger('submit')
      await settle()
    },
  }
}

describe('a one-time code', () => {
  it('becomes a passphrase of its owner, who is then in', async () => {
    const redeem = vi.fn(async () => session)
    const { submit, router } = await open(redeem)
    await submit()
    expect(redeem).toHaveBeenCalledWith({
      class_code: 'DEVSEC-7',
      name: 'ada',
      code: 'k4fp-9x2m',
      password: 'green kettle hums',
    })
    expect(router.currentRoute.value.name).toBe('labs')
  })

  it.each([
    [410, 'code_expired', 'too old'],
    [401, 'invalid_credentials', 'do not belong together'],
  ])('that is refused with %i %s says what is wrong', async (status, code, words) => {
    const { page, submit } = await open(() => Promise.reject(problem(status, code)))
    await submit()
    expect(page.get(byTestid('redeem-error')).text()).toContain(words)
  })
})

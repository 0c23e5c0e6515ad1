import { afterEach, describe, expect, it, vi } from 'vitest'

import { ApiError, UnreachableError } from '@/api/errors'
import { byTestid, labList, openPage, scriptedApi, session, settle } from '@/testing/portal'

let close: (() => void) | undefined
afterEach(() => close?.())

async function open(path: string, script: Parameters<typeof scriptedApi>[0] = {}) {
  const api = scriptedApi({ session: async () => null, labs: async () => labList(), ...script })
  const opened = await openPage(path, api)
  close = opened.close
  const { page } = opened
  return {
    ...opened,
    async signIn(fields: Record<string, string>) {
      for (const [name, value] of Object.entries(fields)) await page.get(byTestid(name)).setValue(value)
      await page.get(byTestid('sign-in')).trigger('submit')
      await settle()
    },
  }
}

const complete = { 'class-code': ' DEVSEC-7 ', name: 'ada', password: 'correct horse' }

describe('the sign-in page', () => {
  it('takes the class code from the link', async () => {
    const { page } = await open('/c/DEVSEC-7')
    expect(page.get<HTMLInputElement>(byTestid('class-code')).element.value).toBe('DEVSEC-7')
  })

  it('signs in and goes to the labs', async () => {
    const signIn = vi.fn(async () => session)
    const { signIn: submit, router } = await open('/', { signIn })
    await submit(complete)
    expect(signIn).toHaveBeenCalledWith({ class_code: 'DEVSEC-7', name: 'ada', password: 'correct horse' })
    expect(router.currentRoute.value.name).toBe('labs')
  })

  it('goes where the person wanted before signing in', async () => {
    const { signIn, router } = await open('/environments', {
      signIn: async () => session,
      environments: async () => [],
    })
    expect(router.currentRoute.value.name).toBe('sign-in')
    await signIn(complete)
    expect(router.currentRoute.value.fullPath).toBe('/environments')
  })

  it('names the fields that are missing before it asks the API', async () => {
    const signIn = vi.fn(async () => session)
    const { page, signIn: submit } = await open('/', { signIn })
    await submit({ name: 'ada' })
    expect(page.text()).toContain('Class code is needed.')
    expect(page.text()).toContain('Password is needed.')
    expect(signIn).not.toHaveBeenCalled()
  })

  it('shows a refusal in words and at its field', async () => {
    const refusal = new ApiError({
      type: 'urn:x',
      title: 'Invalid',
      status: 422,
      code: 'invalid_request',
      detail: 'Some fields need another look.',
      errors: [{ field: 'class_code', message: 'has odd characters' }],
      trace_id: '',
    })
    const { page, signIn } = await open('/', { signIn: () => Promise.reject(refusal) })
    await signIn(complete)
    expect(page.get(byTestid('sign-in-error')).text()).toContain('Some fields need another look.')
    expect(page.get(byTestid('class-code')).attributes('aria-invalid')).toBe('true')
    expect(page.text()).toContain('has odd characters')
  })

  it('says honestly that the network failed', async () => {
    const { page, signIn } = await open('/', { signIn: () => Promise.reject(new UnreachableError()) })
    await signIn(complete)
    expect(page.get(byTestid('sign-in-error')).text()).toContain('did not answer')
  })

  it('takes class code and name along to where a one-time code is used', async () => {
    const { page } = await open('/c/DEVSEC-7')
    await page.get(byTestid('name')).setValue('ada')
    expect(page.get(byTestid('have-code')).attributes('href')).toBe('/redeem?class=DEVSEC-7&name=ada')
    expect(page.get(byTestid('to-teach')).attributes('href')).toBe('/teach')
  })

  it('waits as long as it was told to after too many guesses, and then lets one try again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    try {
      const guesses = { type: '', title: '', status: 429, code: 'too_many_guesses', detail: '', errors: [] }
      const refusal = new ApiError({ ...guesses, trace_id: '' }, 90)
      const { page, signIn } = await open('/', { signIn: () => Promise.reject(refusal) })
      await signIn(complete)
      const submit = page.get(byTestid('sign-in-submit'))
      expect(submit.text()).toBe('Try again in 1:30')
      expect(submit.attributes('disabled')).toBeDefined()
      await vi.advanceTimersByTimeAsync(91_000)
      expect(submit.text()).toBe('Sign in')
      expect(submit.attributes('disabled')).toBeUndefined()
      expect(page.find(byTestid('sign-in-wait')).exists()).toBe(false)
    } finally {
      vi.useRealTimers()
    }
  })

  it('says whom to ask when somebody was suspended', async () => {
    const suspended = { type: '', title: '', status: 403, code: 'suspended', detail: '', errors: [] }
    const refusal = new ApiError({ ...suspended, trace_id: '' })
    const { page, signIn } = await open('/', { signIn: () => Promise.reject(refusal) })
    await signIn(complete)
    expect(page.get(byTestid('sign-in-error')).text()).toContain('Your instructor has paused')
  })
})

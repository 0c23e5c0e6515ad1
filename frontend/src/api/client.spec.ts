import { describe, expect, it, vi } from 'vitest'

import { createPortalApi } from './client'
import { ApiError, messageOf, UnreachableError } from './errors'

function answering(status: number, body: unknown, type = 'application/problem+json') {
  const onSignedOut = vi.fn()
  const fetch = vi.fn(
    async () => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } }),
  )
  const api = createPortalApi({
    baseUrl: 'http://portal.example',
    fetch,
    retries: 0,
    onSignedOut,
  })
  return { api, fetch, onSignedOut }
}

const problem = (status: number, code: string, errors: object[] = []) => ({
  type: `urn:problem:${code}`,
  title: 'Title',
  status,
  code,
  detail: 'Words for people.',
  errors,
  trace_id: 'a'.repeat(32),
})

describe('the portal API', () => {
  it('turns a problem document into an error with its words and its fields', async () => {
    const { api } = answering(
      422,
      problem(422, 'invalid_request', [
        { field: 'name', message: 'too long' },
        { field: 'name', message: 'and odd' },
      ]),
    )
    const error = await api.start('a-lab').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(messageOf(error)).toBe('Words for people.')
    expect((error as ApiError).fields).toEqual({ name: 'too long' })
  })

  it('says once, in one place, that a session has ended', async () => {
    const { api, onSignedOut } = answering(401, problem(401, 'unauthenticated'))
    await expect(api.labs()).rejects.toBeInstanceOf(ApiError)
    expect(onSignedOut).toHaveBeenCalledOnce()
  })

  it('does not take a wrong password for an ended session', async () => {
    const { api, onSignedOut } = answering(401, problem(401, 'invalid_credentials'))
    await expect(api.signIn({ class_code: 'A', name: 'ada', password: 'x' })).rejects.toBeInstanceOf(ApiError)
    expect(onSignedOut).not.toHaveBeenCalled()
  })

  it('answers null when nobody is signed in', async () => {
    const { api, onSignedOut } = answering(401, problem(401, 'unauthenticated'))
    expect(await api.session()).toBeNull()
    expect(onSignedOut).not.toHaveBeenCalled()
  })

  it('takes the error page of a gateway for what it is', async () => {
    const { api } = answering(502, '<html>nginx 1.2.3</html>', 'text/html')
    const error = await api.labs().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UnreachableError)
    expect(messageOf(error)).not.toContain('nginx')
  })

  it('never shows the words of an unexpected error', () => {
    expect(messageOf(new TypeError('x is undefined at line 7'))).not.toContain('undefined')
  })
})

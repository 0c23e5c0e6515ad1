import { describe, expect, it, vi } from 'vitest'

import { aClass } from '@/testing/classroom'

import { createPortalApi } from './client'
import { ApiError, ChangedMeanwhileError } from './errors'

function answering(...answers: Response[]) {
  const requests: Request[] = []
  const fetch = vi.fn(async (request: RequestInfo | URL) => {
    requests.push(request as Request)
    return answers.shift() ?? new Response('{}', { status: 500 })
  })
  const onSignedOut = vi.fn()
  const api = createPortalApi({ baseUrl: 'http://portal.example', fetch, retries: 0, onSignedOut })
  return { api, requests, onSignedOut }
}

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
const problem = (status: number, code: string) =>
  json(status, { type: 'about:blank', title: code, status, code, detail: 'Words.', errors: [], trace_id: '' })

describe('an edit', () => {
  it('presents the mark that the record was read with, and keeps the new one', async () => {
    const { api, requests } = answering(
      json(200, aClass(), { etag: '"7"' }),
      json(200, aClass(), { etag: '"8"' }),
    )
    const read = await api.class('cls_1')
    const written = await api.editClass('cls_1', read.value, read.etag)
    expect(requests[1]?.method).toBe('PUT')
    expect(requests[1]?.headers.get('if-match')).toBe('"7"')
    expect(written.etag).toBe('"8"')
  })

  it('that came second is an error of its own', async () => {
    const { api } = answering(problem(412, 'changed_meanwhile'))
    await expect(api.archiveClass('cls_1', true, '"1"')).rejects.toBeInstanceOf(ChangedMeanwhileError)
  })
})

describe('the room', () => {
  it('is the very same record while nothing has changed', async () => {
    const room = { class: {}, people: [] }
    const { api, requests } = answering(
      json(200, room, { etag: '"1"' }),
      new Response(null, { status: 304, headers: { etag: '"1"' } }),
    )
    const first = await api.room('cls_1', null)
    const second = await api.room('cls_1', first)
    expect(requests[0]?.headers.has('if-none-match')).toBe(false)
    expect(requests[1]?.headers.get('if-none-match')).toBe('"1"')
    expect(second).toBe(first)
  })
})

describe('what is not JSON', () => {
  it('goes as it is, and says what it is', async () => {
    const { api, requests } = answering(json(200, {}))
    await api.importRoster('cls_1', 'preview', new Blob(['name;mail\nAda;a@b']))
    expect(requests[0]?.url).toBe('http://portal.example/api/admin/classes/cls_1/roster?mode=preview')
    expect(requests[0]?.headers.get('content-type')).toBe('text/csv')
    expect(await requests[0]?.text()).toBe('name;mail\nAda;a@b')
  })

  it('comes as text', async () => {
    const table = new Response('a,b\r\n1,2', { headers: { 'content-type': 'text/csv' } })
    const { api, requests } = answering(table)
    expect(await api.usageCsv('cls_1')).toBe('a,b\r\n1,2')
    expect(requests[0]?.url).toBe('http://portal.example/api/admin/classes/cls_1/usage?format=csv')
  })
})

describe('lists', () => {
  it('ask for the first page without a cursor and for the next with it', async () => {
    const { api, requests } = answering(
      json(200, { members: [], next_cursor: 'x' }),
      json(200, { members: [] }),
    )
    await api.people('cls_1', null)
    await api.people('cls_1', 'x')
    expect(requests.map(({ url }) => new URL(url).search)).toEqual(['', '?cursor=x'])
  })

  it('of classes are followed to their end', async () => {
    const { api } = answering(
      json(200, { classes: [{ id: 'cls_1' }], next_cursor: 'x' }),
      json(200, { classes: [{ id: 'cls_2' }], next_cursor: null }),
    )
    expect((await api.classes()).map(({ id }) => id)).toEqual(['cls_1', 'cls_2'])
  })
})

describe('doors', () => {
  it('refuse without ending a session', async () => {
    const { api, onSignedOut } = answering(problem(401, 'invalid_credentials'))
    const redemption = { class_code: 'A', name: 'a', code: 'b', password: 'c' }
    await expect(api.redeem(redemption)).rejects.toBeInstanceOf(ApiError)
    expect(onSignedOut).not.toHaveBeenCalled()
  })
})

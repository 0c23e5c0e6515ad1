/** Calls of the API as its description has them: checked routes and bodies, conditions of an edit, and errors as types. */
import createOpenApiClient from 'openapi-fetch'

import type { Versioned } from './adminTypes'
import { ApiError, ChangedMeanwhileError, problemFrom, retryAfterOf, UnreachableError } from './errors'
import type { Answer, AnyRoute, Call, CallOf, Method, PolledRoute, Route, TableRoute } from './routes'
import { createTransport, type TransportOptions } from './transport'

export interface Http {
  call<M extends Method, R extends Route<M>>(
    method: M,
    route: R,
    ...call: CallOf<M, R>
  ): Promise<Answer<M, R>>
  versioned<M extends Method, R extends Route<M>>(
    method: M,
    route: R,
    ...call: CallOf<M, R>
  ): Promise<Versioned<Answer<M, R>>>
  /** The record as it is now, or `known` itself where it has not changed since. */
  fresh<R extends PolledRoute>(
    route: R,
    known: Versioned<Answer<'get', R>> | null,
    call: Call<'get', R>,
  ): Promise<Versioned<Answer<'get', R>>>
  /** What the route has to tell, as a table (RFC 4180). */
  csv<R extends TableRoute>(route: R, call: Call<'get', R>): Promise<string>
}

export interface HttpOptions extends TransportOptions {
  /** Origin of the API; the page's own. */
  baseUrl: string
  /** Called when a call that needs a session was refused for want of one. */
  onSignedOut?: () => void
}

/** A call as it is sent; which ones there are was decided by the types in front of it. */
interface Sent {
  path?: Record<string, string>
  query?: Record<string, string | null | undefined>
  body?: unknown
  type?: string
  ifMatch?: string
  ifNoneMatch?: string
  parseAs?: 'json' | 'text'
  patient?: boolean
  anonymous?: boolean
}

interface Received {
  data?: unknown
  error?: unknown
  response: Response
}

type Send = (method: Method, route: AnyRoute, init: object) => Promise<Received>

const NOT_MODIFIED = 304
const UNAUTHENTICATED = 401
const CHANGED_MEANWHILE = 412
const GATEWAY_ERRORS = new Set([502, 503, 504])
/** The longest that the API works on anything: its gateway gives up then (30 seconds, API Gateway's quota). */
const PATIENT_TIMEOUT_MS = 30_000

export function createHttp(options: HttpOptions): Http {
  const client = createOpenApiClient({ baseUrl: options.baseUrl, credentials: 'same-origin' })
  const send = client.request as unknown as Send
  const quick = createTransport(options)
  const patient = createTransport({ ...options, timeout: options.timeout ?? PATIENT_TIMEOUT_MS })

  async function received(method: Method, route: AnyRoute, call: Sent): Promise<Received> {
    const raw = call.type !== undefined
    return send(method, route, {
      params: { path: call.path, query: present(call.query) },
      headers: present({
        'If-Match': call.ifMatch,
        'If-None-Match': call.ifNoneMatch,
        'Content-Type': call.type,
      }),
      body: call.body,
      bodySerializer: raw ? (body: unknown) => body : undefined,
      parseAs: call.parseAs ?? 'json',
      fetch: raw || call.patient ? patient : quick,
    })
  }

  function refusal({ error, response }: Received, call: Sent): Error {
    const problem = problemFrom(response.status, error)
    if (problem.code === 'unexpected_answer' && GATEWAY_ERRORS.has(response.status))
      return new UnreachableError()
    if (response.status === UNAUTHENTICATED && !call.anonymous) options.onSignedOut?.()
    return response.status === CHANGED_MEANWHILE
      ? new ChangedMeanwhileError(problem)
      : new ApiError(problem, retryAfterOf(response.headers))
  }

  async function good(method: Method, route: AnyRoute, call: Sent): Promise<Received> {
    const answer = await received(method, route, call)
    if (!answer.response.ok) throw refusal(answer, call)
    return answer
  }

  return {
    async call<M extends Method, R extends Route<M>>(method: M, route: R, ...[call = {}]: [Sent?]) {
      return (await good(method, route, call)).data as Answer<M, R>
    },
    async versioned<M extends Method, R extends Route<M>>(method: M, route: R, ...[call = {}]: [Sent?]) {
      return withMark<Answer<M, R>>(await good(method, route, call))
    },
    async fresh<R extends PolledRoute>(route: R, known: Versioned<Answer<'get', R>> | null, call: Sent) {
      const asked = { ...call, ifNoneMatch: known?.etag || undefined }
      const answer = await received('get', route, asked)
      if (known && answer.response.status === NOT_MODIFIED) return known
      if (!answer.response.ok) throw refusal(answer, asked)
      return withMark<Answer<'get', R>>(answer)
    },
    async csv(route: TableRoute, call: Sent) {
      const asked: Sent = { ...call, query: { ...call.query, format: 'csv' }, parseAs: 'text', patient: true }
      return (await good('get', route, asked)).data as string
    },
  }
}

function withMark<T>({ data, response }: Received): Versioned<T> {
  return { value: data as T, etag: response.headers.get('etag') ?? '' }
}

function present<T>(values: Record<string, T | null | undefined> | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, T] => entry[1] != null),
  )
}

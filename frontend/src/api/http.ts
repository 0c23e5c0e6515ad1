/** Calls of the API as the routes need them: path parameters, conditions of an edit, raw bodies, and errors as types. */
import createOpenApiClient from 'openapi-fetch'

import type { Versioned } from './adminTypes'
import { ApiError, ChangedMeanwhileError, problemFrom, retryAfterOf, UnreachableError } from './errors'
import { createTransport, type TransportOptions } from './transport'

export type Route = `/api/${string}`
export type Method = 'get' | 'post' | 'put' | 'delete'

export interface Call {
  path?: Record<string, string>
  query?: Record<string, string | null | undefined>
  /** Sent as JSON; a `Blob` or a text with its `type` is sent as it is. */
  body?: unknown
  type?: string
  /** The mark of the record as it was read; the edit is refused when somebody else wrote since. */
  ifMatch?: string
  ifNoneMatch?: string
  as?: 'json' | 'text'
  /** For what the API works on for longer, or what takes long to get there. */
  patient?: boolean
  /** Told without a session: being refused is then an answer, not the end of a session. */
  anonymous?: boolean
}

export interface Http {
  call<T>(method: Method, route: Route, call?: Call): Promise<T>
  versioned<T>(method: Method, route: Route, call?: Call): Promise<Versioned<T>>
  /** The record as it is now, or `known` itself where it has not changed since. */
  fresh<T>(route: Route, known: Versioned<T> | null, call?: Call): Promise<Versioned<T>>
}

export interface HttpOptions extends TransportOptions {
  /** Origin of the API; the page's own. */
  baseUrl: string
  /** Called when a call that needs a session was refused for want of one. */
  onSignedOut?: () => void
}

interface Answer {
  data?: unknown
  error?: unknown
  response: Response
}

type Send = (method: Method, route: Route, init: object) => Promise<Answer>

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

  async function answered(method: Method, route: Route, call: Call): Promise<Answer> {
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
      parseAs: call.as ?? 'json',
      fetch: raw || call.patient ? patient : quick,
    })
  }

  function refusal({ error, response }: Answer, call: Call): Error {
    const problem = problemFrom(response.status, error)
    if (problem.code === 'unexpected_answer' && GATEWAY_ERRORS.has(response.status))
      return new UnreachableError()
    if (response.status === UNAUTHENTICATED && !call.anonymous) options.onSignedOut?.()
    return response.status === CHANGED_MEANWHILE
      ? new ChangedMeanwhileError(problem)
      : new ApiError(problem, retryAfterOf(response.headers))
  }

  async function open(method: Method, route: Route, call: Call): Promise<Answer> {
    const answer = await answered(method, route, call)
    if (!answer.response.ok) throw refusal(answer, call)
    return answer
  }

  return {
    async call<T>(method: Method, route: Route, call: Call = {}) {
      return (await open(method, route, call)).data as T
    },
    async versioned<T>(method: Method, route: Route, call: Call = {}) {
      const { data, response } = await open(method, route, call)
      return { value: data as T, etag: response.headers.get('etag') ?? '' }
    },
    async fresh<T>(route: Route, known: Versioned<T> | null, call: Call = {}) {
      const asked = { ...call, ifNoneMatch: known?.etag || undefined }
      const answer = await answered('get', route, asked)
      if (known && answer.response.status === NOT_MODIFIED) return known
      if (!answer.response.ok) throw refusal(answer, asked)
      return { value: answer.data as T, etag: answer.response.headers.get('etag') ?? '' }
    },
  }
}

function present<T>(values: Record<string, T | null | undefined> | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, T] => entry[1] != null),
  )
}

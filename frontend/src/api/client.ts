/** The portal's API, one method per route, typed by the generated document. Methods throw `ApiError` or `UnreachableError`. */
import createOpenApiClient from 'openapi-fetch'
import { inject, type InjectionKey } from 'vue'

import { ApiError, problemFrom, UnreachableError } from './errors'
import type { paths } from './schema'
import { createTransport, type TransportOptions } from './transport'
import type { ClassEnvironments, Environment, Guide, Lab, Login, Provider, Session } from './types'

export interface PortalApi {
  signIn(login: Login): Promise<Session>
  signOut(): Promise<void>
  /** The session of this browser, or null when nobody is signed in. */
  session(): Promise<Session | null>
  labs(): Promise<readonly Lab[]>
  start(lab: string): Promise<Environment>
  stop(environment: string): Promise<Environment>
  environments(): Promise<readonly Environment[]>
  environment(id: string): Promise<Environment>
  guide(environment: string): Promise<Guide>
  /** The clouds and how starts fare there; refused to trainees. */
  providers(): Promise<readonly Provider[]>
  /** One page of a class's environments; refused to trainees. */
  classEnvironments(classId: string, cursor: string | null): Promise<ClassEnvironments>
  health(): Promise<void>
}

export interface PortalApiOptions extends TransportOptions {
  /** Origin of the API; the page's own. */
  baseUrl: string
  /** Called when a call that needs a session was refused for want of one. */
  onSignedOut?: () => void
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

const UNAUTHENTICATED = 401
const GATEWAY_ERRORS = new Set([502, 503, 504])

export function createPortalApi(options: PortalApiOptions): PortalApi {
  const http = createOpenApiClient<paths>({
    baseUrl: options.baseUrl,
    credentials: 'same-origin',
    fetch: createTransport(options),
  })

  async function open<T>(call: Promise<Answer<T>>): Promise<T> {
    const { data, error, response } = await call
    if (response.ok) return data as T
    const problem = problemFrom(response.status, error)
    if (problem.code === 'unexpected_answer' && GATEWAY_ERRORS.has(response.status))
      throw new UnreachableError()
    throw new ApiError(problem)
  }

  /** For calls that need a session: being refused for want of one is told once, here. */
  async function signedIn<T>(call: Promise<Answer<T>>): Promise<T> {
    try {
      return await open(call)
    } catch (error) {
      if (error instanceof ApiError && error.status === UNAUTHENTICATED) options.onSignedOut?.()
      throw error
    }
  }

  return {
    signIn: (login) => open(http.POST('/api/login', { body: login })),
    async signOut() {
      await open(http.POST('/api/logout'))
    },
    async session() {
      try {
        return await open(http.GET('/api/me'))
      } catch (error) {
        if (error instanceof ApiError && error.status === UNAUTHENTICATED) return null
        throw error
      }
    },
    labs: async () => (await signedIn(http.GET('/api/labs'))).labs,
    start: (lab) => signedIn(http.POST('/api/labs/{lab}/start', { params: { path: { lab } } })),
    stop: (environment) =>
      signedIn(http.POST('/api/environments/{environment}/stop', { params: { path: { environment } } })),
    environments: async () => (await signedIn(http.GET('/api/environments'))).environments,
    environment: (environment) =>
      signedIn(http.GET('/api/environments/{environment}', { params: { path: { environment } } })),
    guide: (environment) =>
      signedIn(http.GET('/api/environments/{environment}/guide', { params: { path: { environment } } })),
    providers: async () => (await signedIn(http.GET('/api/admin/providers'))).providers,
    classEnvironments: (classId, cursor) =>
      signedIn(
        http.GET('/api/admin/classes/{class}/environments', {
          params: { path: { class: classId }, query: cursor === null ? {} : { cursor } },
        }),
      ),
    async health() {
      await open(http.GET('/api/health'))
    },
  }
}

export const portalApiKey: InjectionKey<PortalApi> = Symbol('portal-api')

export function usePortalApi(): PortalApi {
  const api = inject(portalApiKey)
  if (!api) throw new Error('the portal API was not provided to this app')
  return api
}

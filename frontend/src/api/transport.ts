/**
 * The one place where requests meet the network: a time limit on every call, a bounded and jittered retry of reads,
 * the header that writes must carry, and the news whether the API can be reached at all.
 */
import { UnreachableError } from './errors'

export interface TransportOptions {
  fetch: typeof globalThis.fetch
  /** Milliseconds after which a single try is given up. */
  timeout?: number
  /** How often a read is tried again after the first try. */
  retries?: number
  random?: () => number
  pause?: (milliseconds: number) => Promise<void>
  onReachable?: (response: Response) => void
  onUnreachable?: () => void
}

/** The header that says a write comes from the portal's own pages (a form on another site cannot send it). */
export const PORTAL_HEADER = 'X-Brihaspati-Portal'

const RETRY_BASE_MS = 250
const RETRY_CAP_MS = 4_000
/** Answers of a gateway that speak of the moment rather than of the request. */
const PASSING_STATUSES = new Set([429, 502, 503, 504])
const READS = new Set(['GET', 'HEAD'])

export function createTransport(options: TransportOptions): (request: Request) => Promise<Response> {
  const { fetch, timeout = 12_000, retries = 2, random = Math.random, pause = wait } = options

  async function attempt(request: Request): Promise<Response> {
    const limit = new AbortController()
    const stop = () => limit.abort()
    const timer = setTimeout(stop, timeout)
    request.signal.addEventListener('abort', stop, { once: true })
    try {
      return await fetch(request, { signal: limit.signal })
    } finally {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', stop)
    }
  }

  return async function transport(request) {
    const isRead = READS.has(request.method)
    if (!isRead) request.headers.set(PORTAL_HEADER, '1')

    for (let failures = 0; ; failures += 1) {
      const mayRetry = isRead && failures < retries
      try {
        const response = await attempt(request.clone())
        if (!PASSING_STATUSES.has(response.status)) {
          options.onReachable?.(response)
          return response
        }
        if (!mayRetry) {
          if (response.status !== 429) options.onUnreachable?.()
          return response
        }
        await pause(Math.max(retryAfter(response), retryDelay(failures, random)))
      } catch (cause) {
        if (request.signal.aborted) throw cause
        if (!mayRetry) {
          options.onUnreachable?.()
          throw new UnreachableError()
        }
        await pause(retryDelay(failures, random))
      }
    }
  }
}

/** Full jitter: anywhere between nothing and the doubled base, so that a class room does not retry in step. */
export function retryDelay(failures: number, random: () => number): number {
  return random() * Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** (failures + 1))
}

/** `Retry-After` in milliseconds (seconds form only), bounded so that no header can park the page. */
function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, RETRY_CAP_MS) : 0
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

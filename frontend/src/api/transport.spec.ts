import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { UnreachableError } from './errors'
import { createTransport, PORTAL_HEADER, retryDelay, type TransportOptions } from './transport'

const ADDRESS = 'http://portal.example/api/labs'

function arrange(answers: (Response | Error)[], options: Partial<TransportOptions> = {}) {
  const requests: Request[] = []
  const pauses: number[] = []
  const fetch = vi.fn(async (input: RequestInfo | URL) => {
    requests.push(input as Request)
    const answer = answers.shift() ?? new Error('no more answers')
    if (answer instanceof Error) throw answer
    return answer
  })
  const onReachable = vi.fn()
  const onUnreachable = vi.fn()
  const transport = createTransport({
    fetch,
    random: () => 0.5,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    onReachable,
    onUnreachable,
    ...options,
  })
  return { transport, requests, pauses, onReachable, onUnreachable }
}

const ok = () => new Response('{}', { status: 200 })
const status = (code: number, headers = {}) => new Response('', { status: code, headers })

describe('the transport', () => {
  it('marks writes as coming from the portal, and reads not', async () => {
    const { transport, requests } = arrange([ok(), ok()])
    await transport(new Request(ADDRESS, { method: 'POST' }))
    await transport(new Request(ADDRESS))
    expect(requests.map((request) => request.headers.get(PORTAL_HEADER))).toEqual(['1', null])
  })

  it('tries a read again after a network failure and after an answer of the moment', async () => {
    const { transport, requests, onReachable } = arrange([new TypeError('offline'), status(503), ok()])
    expect((await transport(new Request(ADDRESS))).status).toBe(200)
    expect(requests).toHaveLength(3)
    expect(onReachable).toHaveBeenCalledOnce()
  })

  it('never repeats a write', async () => {
    const { transport, requests, onUnreachable } = arrange([new TypeError('offline'), ok()])
    await expect(transport(new Request(ADDRESS, { method: 'POST' }))).rejects.toBeInstanceOf(UnreachableError)
    expect(requests).toHaveLength(1)
    expect(onUnreachable).toHaveBeenCalledOnce()
  })

  it('stops trying after a bounded number of failures and says that nothing can be reached', async () => {
    const offline = Array.from({ length: 9 }, () => new TypeError('offline'))
    const { transport, requests, onUnreachable } = arrange(offline)
    await expect(transport(new Request(ADDRESS))).rejects.toBeInstanceOf(UnreachableError)
    expect(requests).toHaveLength(3)
    expect(onUnreachable).toHaveBeenCalledOnce()
  })

  it('waits as long as the server asks, within bounds', async () => {
    const { transport, pauses } = arrange([
      status(429, { 'retry-after': '2' }),
      status(429, { 'retry-after': '900' }),
      ok(),
    ])
    await transport(new Request(ADDRESS))
    expect(pauses).toEqual([2_000, 4_000])
  })

  it('does not call an over-busy API unreachable', async () => {
    const { transport, onUnreachable } = arrange([status(429)], { retries: 0 })
    await transport(new Request(ADDRESS))
    expect(onUnreachable).not.toHaveBeenCalled()
  })

  it('leaves a refusal alone', async () => {
    const { transport, requests } = arrange([status(404), ok()])
    expect((await transport(new Request(ADDRESS))).status).toBe(404)
    expect(requests).toHaveLength(1)
  })

  it('spreads retries by chance', () => {
    expect(retryDelay(0, () => 0)).toBe(0)
    expect(retryDelay(0, () => 1)).toBe(500)
    expect(retryDelay(20, () => 1)).toBe(4_000)
  })

  describe('with a server that never answers', () => {
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    const silent: typeof fetch = (_request, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })

    it('gives up after the time limit', async () => {
      const { transport } = arrange([], { fetch: silent, timeout: 1_000, retries: 0 })
      const call = expect(transport(new Request(ADDRESS))).rejects.toBeInstanceOf(UnreachableError)
      await vi.advanceTimersByTimeAsync(1_000)
      await call
    })

    it('does not take a call that the page itself gave up for a network failure', async () => {
      const { transport, onUnreachable } = arrange([], { fetch: silent, timeout: 1_000 })
      const page = new AbortController()
      const call = expect(transport(new Request(ADDRESS, { signal: page.signal }))).rejects.toThrow('aborted')
      page.abort()
      await call
      expect(onUnreachable).not.toHaveBeenCalled()
    })
  })
})

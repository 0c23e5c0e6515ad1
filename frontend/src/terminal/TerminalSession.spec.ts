import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { LEDGER_LIMIT } from './InputLedger'
import { CloseCode } from './protocol'
import {
  ANSWER_MS,
  NOT_ALLOWED_MS,
  PONG_MS,
  QUIET_MS,
  TerminalSession,
  WAKE_PONG_MS,
  WELCOME_MS,
  type ConnectionState,
  type TerminalAddress,
} from './TerminalSession'

class FakeSocket {
  readyState: number = WebSocket.CONNECTING
  binaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: Record<string, unknown>[] = []
  closed = false

  constructor(
    readonly url: string,
    readonly subprotocol: string,
  ) {}

  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close() {
    this.closed = true
    this.readyState = WebSocket.CLOSED
  }

  opens() {
    this.readyState = WebSocket.OPEN
    this.onopen?.()
  }

  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  draws(text: string) {
    this.onmessage?.({ data: new TextEncoder().encode(text).buffer })
  }

  drops(code = 1006) {
    this.readyState = WebSocket.CLOSED
    this.onclose?.({ code })
  }

  welcomes(applied = 0) {
    this.opens()
    this.says({ type: 'welcome', applied, cols: 80, rows: 24, readonly: false })
  }

  get typed() {
    return this.sent.filter(({ type }) => type === 'input').map(({ seq, data }) => [seq, data])
  }
}

const OWN = { url: 'ws://127.0.1.2:7080/terminal', secret: 'open sesame' }

function arrange(address: TerminalAddress = OWN) {
  const sockets: FakeSocket[] = []
  const states: ConnectionState[] = []
  const drawn: string[] = []
  const events = {
    state: (state: ConnectionState) => void states.push(state),
    inputRefused: vi.fn(),
    shellEnded: vi.fn(),
    struggling: vi.fn(),
    resized: vi.fn(),
    readonly: vi.fn(),
    viewing: vi.fn(),
    checks: vi.fn(),
  }
  const session = new TerminalSession({
    address,
    client: 'tab-1',
    screen: {
      reset: () => void drawn.push('<reset>'),
      write: (output) => void drawn.push(new TextDecoder().decode(output)),
      size: () => ({ cols: 100, rows: 30 }),
    },
    events,
    connect(url, subprotocol) {
      const socket = new FakeSocket(url, subprotocol)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    random: () => 0.5,
  })
  const latest = () => {
    const socket = sockets.at(-1)
    if (!socket) throw new Error('no connection was attempted')
    return socket
  }
  session.open()
  return { session, sockets, states, drawn, events, latest }
}

describe('the terminal session', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('introduces itself with the secret in the first message and not in the address', () => {
    const { latest } = arrange()
    latest().opens()
    expect(latest().url).not.toContain('sesame')
    expect(latest().subprotocol).toBe('brihaspati.terminal.v1')
    expect(latest().sent).toEqual([
      { type: 'hello', secret: 'open sesame', client: 'tab-1', cols: 100, rows: 30 },
    ])
  })

  it('empties the terminal before each snapshot and then draws what follows', () => {
    const { latest, drawn } = arrange()
    latest().welcomes()
    latest().draws('screen')
    latest().draws('more')
    latest().drops()
    vi.advanceTimersByTime(1_000)
    latest().welcomes()
    latest().draws('screen again')
    expect(drawn).toEqual(['<reset>', 'screen', 'more', '<reset>', 'screen again'])
  })

  it('keeps what is typed before the first welcome and numbers it after what the machine knows', () => {
    const { session, latest } = arrange()
    session.send('ls')
    latest().welcomes(17)
    session.send('\r')
    expect(latest().typed).toEqual([
      [18, 'ls'],
      [19, '\r'],
    ])
  })

  it('sends again only what did not reach the shell, under the same numbers', () => {
    const { session, latest } = arrange()
    latest().welcomes()
    for (const key of ['a', 'b', 'c']) session.send(key)
    latest().says({ type: 'ack', seq: 1 })
    latest().drops()
    session.send('d')
    vi.advanceTimersByTime(1_000)
    latest().welcomes(2)
    expect(latest().typed).toEqual([
      [3, 'c'],
      [4, 'd'],
    ])
  })

  it('refuses input beyond the bound instead of typing it much later', () => {
    const { session, latest, events } = arrange()
    latest().welcomes()
    latest().drops()
    expect(session.send('x'.repeat(LEDGER_LIMIT))).toBe(true)
    expect(session.send('y')).toBe(false)
    expect(events.inputRefused).toHaveBeenCalledOnce()
  })

  it('reconnects after growing delays of 0.3 to 10 seconds', () => {
    const { sockets, latest } = arrange()
    const delays: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const before = sockets.length
      const from = Date.now()
      latest().drops()
      while (sockets.length === before) vi.advanceTimersByTime(10)
      delays.push(Date.now() - from)
    }
    expect(delays[0]).toBe(300)
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000)
    expect([...delays].sort((a, b) => a - b)).toEqual(delays)
  })

  it('reconnects at once when the network is back', () => {
    const { session, sockets, latest } = arrange()
    latest().welcomes()
    latest().drops()
    session.wake()
    expect(sockets).toHaveLength(2)
    vi.advanceTimersByTime(20_000 - WELCOME_MS)
    expect(sockets.length).toBeLessThanOrEqual(3)
  })

  it('leaves a connection that answers nothing to a ping', () => {
    const { latest, sockets, states } = arrange()
    latest().welcomes()
    const silent = latest()
    vi.advanceTimersByTime(QUIET_MS)
    expect(silent.sent.at(-1)).toEqual({ type: 'ping' })
    vi.advanceTimersByTime(PONG_MS)
    expect(silent.closed).toBe(true)
    expect(states.at(-1)).toBe('reconnecting')
    vi.advanceTimersByTime(1_000)
    expect(sockets).toHaveLength(2)
  })

  it('stays on a quiet connection that answers the ping', () => {
    const { latest, sockets } = arrange()
    latest().welcomes()
    for (let minute = 0; minute < 4; minute += 1) {
      vi.advanceTimersByTime(QUIET_MS)
      latest().says({ type: 'pong' })
    }
    expect(sockets).toHaveLength(1)
  })

  it('distrusts an open connection after the device slept', () => {
    const { session, latest } = arrange()
    latest().welcomes()
    const before = latest()
    session.wake()
    vi.advanceTimersByTime(WAKE_PONG_MS)
    expect(before.closed).toBe(true)
  })

  it('notices within seconds that what is typed is not answered, however much is typed meanwhile', () => {
    const { session, latest, states } = arrange()
    latest().welcomes()
    const before = latest()
    for (let typed = 0; typed < ANSWER_MS + WAKE_PONG_MS; typed += 500) {
      session.send('x')
      vi.advanceTimersByTime(500)
    }
    expect(before.closed).toBe(true)
    expect(states.at(-1)).toBe('reconnecting')
  })

  it('trusts a connection on which input is answered', () => {
    const { session, latest, sockets } = arrange()
    latest().welcomes()
    for (let seq = 1; seq <= 20; seq += 1) {
      session.send('x')
      latest().says({ type: 'ack', seq })
      vi.advanceTimersByTime(ANSWER_MS + WAKE_PONG_MS - 1)
    }
    expect(sockets).toHaveLength(1)
  })

  it('gives up an attempt that gets no welcome', () => {
    const { latest, sockets } = arrange()
    latest().opens()
    vi.advanceTimersByTime(WELCOME_MS + 1_000)
    expect(sockets.length).toBeGreaterThan(1)
  })

  it('asks for another secret when the machine refuses this one, and keeps what was typed', () => {
    const { session, latest, states, sockets } = arrange()
    latest().opens()
    session.send('whoami')
    latest().drops(CloseCode.wrongSecret)
    vi.advanceTimersByTime(60_000)
    expect(states.at(-1)).toBe('refused')
    expect(sockets).toHaveLength(1)

    session.renew({ url: 'ws://127.0.1.3:7080/terminal', secret: 'new' })
    latest().welcomes()
    expect(latest().sent[0]).toMatchObject({ secret: 'new' })
    expect(latest().typed).toEqual([[1, 'whoami']])
    expect(states.at(-1)).toBe('live')
  })

  it('does not repeat a conversation that the machine does not understand', () => {
    const { latest, states, sockets } = arrange()
    latest().opens()
    latest().drops(CloseCode.malformed)
    vi.advanceTimersByTime(60_000)
    expect(states.at(-1)).toBe('incompatible')
    expect(sockets).toHaveLength(1)
  })

  it.each([CloseCode.notReady, CloseCode.tooSlow])('comes back after close code %i', (code) => {
    const { latest, sockets } = arrange()
    latest().welcomes()
    latest().drops(code)
    vi.advanceTimersByTime(1_000)
    expect(sockets).toHaveLength(2)
  })

  it('says when attempts keep failing, since the machine may be gone', () => {
    const { latest, events } = arrange()
    for (let attempt = 0; attempt < 4; attempt += 1) {
      latest().drops()
      vi.advanceTimersByTime(10_000 - 1)
    }
    expect(events.struggling).toHaveBeenCalled()
  })

  it('tells a machine that was never reached from one that was lost', () => {
    const lost = arrange()
    lost.latest().welcomes()
    const never = arrange()
    for (let attempt = 0; attempt < 4; attempt += 1) {
      for (const { latest } of [lost, never]) latest().drops()
      vi.advanceTimersByTime(10_000 - 1)
    }
    expect(lost.states.at(-1)).toBe('reconnecting')
    expect(never.states.at(-1)).toBe('unreached')
    never.latest().welcomes()
    expect(never.states.at(-1)).toBe('live')
  })

  it('sends no input where it may only watch', () => {
    const { session, latest, events } = arrange()
    latest().opens()
    latest().says({ type: 'welcome', applied: 0, cols: 80, rows: 24, readonly: true })
    expect(session.send('x')).toBe(false)
    session.resize({ cols: 90, rows: 20 })
    expect(events.readonly).toHaveBeenLastCalledWith(true)
    expect(latest().sent).toHaveLength(1)
  })

  it('passes on sizes and the end of the shell, and ignores messages it does not know', () => {
    const { latest, events } = arrange()
    latest().welcomes()
    latest().says({ type: 'size', cols: 132, rows: 43 })
    latest().says({ type: 'exit' })
    latest().says({ type: 'weather', forecast: 'rain' })
    latest().says({ type: 'size', cols: -1, rows: 'many' })
    expect(events.resized).toHaveBeenLastCalledWith({ cols: 132, rows: 43 })
    expect(events.shellEnded).toHaveBeenCalledOnce()
  })

  it('is over once it is closed', () => {
    const { session, latest, sockets, states } = arrange()
    latest().welcomes()
    session.close()
    session.wake()
    session.renew({ url: 'ws://elsewhere', secret: 'x' })
    vi.advanceTimersByTime(60_000)
    expect(session.send('x')).toBe(false)
    expect(sockets).toHaveLength(1)
    expect(states.at(-1)).toBe('closed')
  })

  it('asks for checks while it is live, and says no when the machine cannot be reached', () => {
    const { latest, session } = arrange()
    expect(session.check()).toBe(false)
    latest().welcomes()
    expect(session.check()).toBe(true)
    expect(session.check('1-findings')).toBe(true)
    expect(latest().sent.slice(-2)).toEqual([{ type: 'check' }, { type: 'check', name: '1-findings' }])
  })

  it('tells what the machine says of its checks, and keeps what makes no sense to itself', () => {
    const { latest, events } = arrange()
    latest().welcomes()
    const item = { name: '1', title: 'Find', passed: true, message: '', checked_at: 17 }
    latest().says({ type: 'checks', running: true, items: [item, 'nonsense', { name: 2 }] })
    expect(events.checks).toHaveBeenCalledWith({
      running: true,
      items: [{ name: '1', title: 'Find', passed: true, message: null, checkedAt: 17 }],
    })
    latest().says({ type: 'checks', items: 'none' })
    expect(events.checks).toHaveBeenCalledTimes(1)
  })

  it('says who may watch again after a lost connection, until the machine has confirmed it', () => {
    const { latest, session, events } = arrange()
    const told = () => latest().sent.filter(({ type }) => type === 'viewing')
    session.allowViewing('read')
    latest().welcomes()
    expect(told()).toEqual([{ type: 'viewing', mode: 'read' }])
    latest().drops()
    vi.advanceTimersByTime(1_000)
    latest().welcomes()
    expect(told()).toHaveLength(1)
    latest().says({ type: 'viewing', mode: 'read', watching: ['Grace'] })
    expect(events.viewing).toHaveBeenCalledWith({ mode: 'read', watching: ['Grace'] })
    latest().drops()
    vi.advanceTimersByTime(1_000)
    latest().welcomes()
    expect(told()).toHaveLength(0)
  })
})

describe('the session of somebody who looks on', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const looksOn = () => arrange({ ...OWN, viewer: 'Grace' })
  const admit = (socket: FakeSocket, viewing: string) => {
    socket.opens()
    socket.says({ type: 'welcome', applied: 0, cols: 80, rows: 24, readonly: true, viewing })
  }

  it('introduces itself by name with the secret for viewers', () => {
    const { latest } = looksOn()
    latest().opens()
    expect(latest().sent).toEqual([
      { type: 'hello', viewer_secret: 'open sesame', name: 'Grace', client: 'tab-1', cols: 100, rows: 30 },
    ])
  })

  it('types only while the trainee lets it, and never resizes their terminal', () => {
    const { latest, session, events } = looksOn()
    admit(latest(), 'read')
    expect(session.send('no')).toBe(false)
    expect(events.readonly).toHaveBeenLastCalledWith(true)
    latest().says({ type: 'viewing', mode: 'write', watching: ['Grace'] })
    expect(events.readonly).toHaveBeenLastCalledWith(false)
    expect(session.send('yes')).toBe(true)
    session.resize({ cols: 10, rows: 10 })
    latest().says({ type: 'viewing', mode: 'read', watching: ['Grace'] })
    expect(session.send('too late')).toBe(false)
    expect(latest().typed).toEqual([[1, 'yes']])
    expect(latest().sent.some(({ type }) => type === 'resize')).toBe(false)
  })

  it('keeps nothing back for a later time: what was not taken is forgotten', () => {
    const { latest, session } = looksOn()
    admit(latest(), 'write')
    session.send('rm')
    latest().drops()
    expect(session.send('more')).toBe(false)
    vi.advanceTimersByTime(1_000)
    admit(latest(), 'write')
    expect(latest().typed).toEqual([])
  })

  it('asks again every two seconds while it is not allowed, and is let in when it is', () => {
    const { latest, sockets, states } = looksOn()
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(sockets).toHaveLength(attempt)
      latest().opens()
      latest().drops(CloseCode.notAllowed)
      expect(states.at(-1)).toBe('not-allowed')
      vi.advanceTimersByTime(NOT_ALLOWED_MS)
    }
    admit(latest(), 'read')
    expect(states.at(-1)).toBe('live')
    latest().drops(CloseCode.notAllowed)
    expect(states.at(-1)).toBe('not-allowed')
  })
})

/**
 * One browser tab's side of the terminal: keeps a connection to the machine through reloads of the network, sends
 * what is typed exactly once, and draws what the machine sends. Knows no framework and no terminal emulator.
 */
import { reconnectDelay } from './backoff'
import { InputLedger, type NumberedInput } from './InputLedger'
import {
  CloseCode,
  parseMachineMessage,
  SUBPROTOCOL,
  type CheckRound,
  type ClientMessage,
  type Size,
  type Viewing,
  type ViewingMode,
} from './protocol'

export type ConnectionState =
  /** First attempt of this page. */
  | 'connecting'
  /** This page has not reached the machine in several attempts; it goes on trying. */
  | 'unreached'
  /** The shell is attached; what is typed goes out at once. */
  | 'live'
  /** The connection was lost; what is typed is kept. */
  | 'reconnecting'
  /** The machine refused the secret; a new one is needed. */
  | 'refused'
  /** The trainee does not let anybody look on (any more); asked again every two seconds. */
  | 'not-allowed'
  /** The machine and this page do not understand each other; only a newer page helps. */
  | 'incompatible'
  /** Closed by the page. */
  | 'closed'

export interface TerminalAddress {
  url: string
  secret: string
  /** The name of the instructor who looks on with a viewer's secret; absent for the machine's own trainee. */
  viewer?: string
}

/** What draws. `reset` empties the terminal before a snapshot is written. */
export interface Screen {
  reset(): void
  write(output: Uint8Array): void
  size(): Size
}

export interface TerminalEvents {
  state(state: ConnectionState): void
  /** Another viewer resized the shared terminal. */
  resized?(size: Size): void
  shellEnded?(): void
  readonly?(readonly: boolean): void
  /** Who may see this terminal, and who does. */
  viewing?(viewing: Viewing): void
  checks?(round: CheckRound): void
  /** Input was refused because too much is waiting. */
  inputRefused?(): void
  /** Several attempts in a row failed: the machine may be gone. */
  struggling?(): void
}

export interface TerminalSessionOptions {
  address: TerminalAddress
  /** Random id of this tab, kept across reconnects. */
  client: string
  screen: Screen
  events: TerminalEvents
  connect?: (url: string, subprotocol: string) => WebSocket
  random?: () => number
}

/** Silence after which the machine is asked for a sign of life, and how long it has to give one. */
export const QUIET_MS = 15_000
export const PONG_MS = 8_000
/** After a wake-up a dead socket should be noticed sooner. */
export const WAKE_PONG_MS = 3_000
/** Silence after input: a living machine acknowledges or draws it at once, so a connection that doesn't is doubted. */
export const ANSWER_MS = 2_000
/** From the first SYN to `welcome`. */
export const WELCOME_MS = 10_000
/** How often somebody who is not allowed to look on tries again. */
export const NOT_ALLOWED_MS = 2_000
const STRUGGLING_AFTER = 4
const WAITING: ReadonlySet<ConnectionState> = new Set([
  'connecting',
  'unreached',
  'reconnecting',
  'not-allowed',
])

export class TerminalSession {
  private readonly input = new InputLedger()
  private address: TerminalAddress
  private state: ConnectionState = 'connecting'
  private socket: WebSocket | null = null
  private failures = 0
  private watchingOnly = false
  /** What a viewer may do, as the machine last said. */
  private viewerMode: ViewingMode = 'off'
  /** What the owner last said and the machine has not confirmed: said again on the next connection. */
  private viewingWish: ViewingMode | null = null
  private expectsSnapshot = false
  /** The timer that runs ends in doubt soon; further input must not put that off. */
  private doubting = false
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private lifeTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: TerminalSessionOptions) {
    this.address = options.address
  }

  open(): void {
    if (this.state === 'closed' || this.socket) return
    this.connect()
  }

  /** Types `data` into the shell, now or as soon as it can be reached. False when it was refused. */
  send(data: string): boolean {
    if (data === '') return true
    if (this.state === 'closed' || !this.mayType) return false
    if (!this.input.add(data)) {
      this.options.events.inputRefused?.()
      return false
    }
    if (this.state === 'live') {
      this.transmitInput(this.input.takeFresh())
      this.expectAnswer()
    }
    return true
  }

  /** Tells the machine the size this viewer wants. Lost when offline: `hello` carries it on the next connection. */
  resize({ cols, rows }: Size): void {
    if (this.state === 'live' && !this.watchingOnly) this.transmit({ type: 'resize', cols, rows })
  }

  /** Says who may see this terminal; said again after a lost connection until the machine has confirmed it. */
  allowViewing(mode: ViewingMode): void {
    this.viewingWish = mode
    if (this.state === 'live') this.transmit({ type: 'viewing', mode })
  }

  /** Asks for the lab's checks, or for one of them, now. False while the machine cannot be reached. */
  check(name?: string): boolean {
    if (this.state !== 'live') return false
    this.transmit(name === undefined ? { type: 'check' } : { type: 'check', name })
    return true
  }

  /** Network is back or the page is looked at again: do not wait for the next attempt, and trust no old socket. */
  wake(): void {
    if (this.state === 'live') this.askForLife(WAKE_PONG_MS)
    else if (!this.socket && WAITING.has(this.state)) this.connect()
  }

  /** Starts over with another address or secret, keeping what was typed. */
  renew(address: TerminalAddress): void {
    if (this.state === 'closed') return
    this.address = address
    this.failures = 0
    this.drop(CloseCode.done)
    this.enter('reconnecting')
    this.connect()
  }

  close(): void {
    this.drop(CloseCode.done)
    this.enter('closed')
  }

  private connect(): void {
    clearTimeout(this.retryTimer)
    let socket: WebSocket
    try {
      socket =
        this.options.connect?.(this.address.url, SUBPROTOCOL) ?? new WebSocket(this.address.url, SUBPROTOCOL)
    } catch {
      // A URL the browser refuses to connect to stays refused.
      this.enter('incompatible')
      return
    }
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => this.hello()
    socket.onmessage = (event: MessageEvent<unknown>) => this.receive(event.data)
    socket.onclose = (event) => this.lost(event.code)
    this.socket = socket
    this.lifeTimer = setTimeout(() => this.giveUp(), WELCOME_MS)
  }

  private hello(): void {
    const { secret, viewer } = this.address
    const who = viewer === undefined ? { secret } : { viewer_secret: secret, name: viewer }
    this.transmit({ type: 'hello', ...who, client: this.options.client, ...this.options.screen.size() })
  }

  private receive(data: unknown): void {
    if (this.state === 'live') this.watchForSilence()
    if (data instanceof ArrayBuffer) this.draw(new Uint8Array(data))
    else if (typeof data === 'string') this.obey(data)
  }

  private draw(output: Uint8Array): void {
    if (this.expectsSnapshot) {
      this.expectsSnapshot = false
      this.options.screen.reset()
    }
    this.options.screen.write(output)
  }

  private obey(text: string): void {
    const message = parseMachineMessage(text)
    switch (message?.type) {
      case 'welcome':
        this.failures = 0
        this.watchingOnly = message.readonly
        this.expectsSnapshot = true
        this.enterViewerMode(message.viewing ?? 'off')
        this.options.events.resized?.({ cols: message.cols, rows: message.rows })
        this.enter('live')
        this.watchForSilence()
        if (this.viewingWish) this.transmit({ type: 'viewing', mode: this.viewingWish })
        this.transmitInput(this.input.resumeFrom(message.applied))
        break
      case 'ack':
        this.input.acknowledge(message.seq)
        break
      case 'size':
        this.options.events.resized?.({ cols: message.cols, rows: message.rows })
        break
      case 'exit':
        this.options.events.shellEnded?.()
        break
      case 'viewing':
        if (message.mode === this.viewingWish) this.viewingWish = null
        this.enterViewerMode(message.mode)
        this.options.events.viewing?.({ mode: message.mode, watching: message.watching })
        break
      case 'checks':
        this.options.events.checks?.({ running: message.running, items: message.items })
        break
    }
  }

  /** Somebody else's shell gets only what is typed while it takes it: nothing waits for a later time. */
  private get mayType(): boolean {
    if (this.address.viewer !== undefined) return this.state === 'live' && this.viewerMode === 'write'
    return !this.watchingOnly
  }

  private enterViewerMode(mode: ViewingMode): void {
    if (this.address.viewer !== undefined && mode !== 'write') this.input.forget()
    this.viewerMode = mode
    const readonly = this.address.viewer === undefined ? this.watchingOnly : mode !== 'write'
    this.options.events.readonly?.(readonly)
  }

  private lost(code: number): void {
    this.forgetSocket()
    if (this.address.viewer !== undefined) this.enterViewerMode('off')
    if (code === CloseCode.notAllowed) {
      this.enter('not-allowed')
      this.retryTimer = setTimeout(() => this.connect(), NOT_ALLOWED_MS)
      return
    }
    if (code === CloseCode.wrongSecret) return this.enter('refused')
    if (code === CloseCode.malformed) return this.enter('incompatible')
    const delay = reconnectDelay(this.failures, this.options.random)
    this.failures += 1
    const reachedBefore = this.state !== 'connecting' && this.state !== 'unreached'
    if (reachedBefore) this.enter('reconnecting')
    if (this.failures % STRUGGLING_AFTER === 0) {
      if (!reachedBefore) this.enter('unreached')
      this.options.events.struggling?.()
    }
    this.retryTimer = setTimeout(() => this.connect(), delay)
  }

  /** A socket that says nothing may take minutes to close properly, so it is left behind. */
  private giveUp(): void {
    this.drop(CloseCode.done)
    this.lost(0)
  }

  private watchForSilence(): void {
    clearTimeout(this.lifeTimer)
    this.doubting = false
    this.lifeTimer = setTimeout(() => this.askForLife(PONG_MS), QUIET_MS)
  }

  private expectAnswer(): void {
    if (this.doubting) return
    clearTimeout(this.lifeTimer)
    this.doubting = true
    this.lifeTimer = setTimeout(() => this.askForLife(WAKE_PONG_MS), ANSWER_MS)
  }

  private askForLife(within: number): void {
    clearTimeout(this.lifeTimer)
    this.doubting = true
    this.transmit({ type: 'ping' })
    this.lifeTimer = setTimeout(() => this.giveUp(), within)
  }

  private transmitInput(inputs: NumberedInput[]): void {
    for (const input of inputs) this.transmit({ type: 'input', ...input })
  }

  private transmit(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  private drop(code: number): void {
    const socket = this.socket
    this.forgetSocket()
    clearTimeout(this.retryTimer)
    socket?.close(code)
  }

  private forgetSocket(): void {
    clearTimeout(this.lifeTimer)
    this.doubting = false
    if (this.socket) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
      this.socket = null
    }
  }

  private enter(state: ConnectionState): void {
    if (this.state === state) return
    this.state = state
    this.options.events.state(state)
  }
}

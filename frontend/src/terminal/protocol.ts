/** The messages of the terminal's WebSocket, version 1, as `docs/protocol.md` section 3 lays them down. */

export const SUBPROTOCOL = 'brihaspati.terminal.v1'

export type ClientMessage =
  | ({ type: 'hello'; client: string } & Credentials & Size)
  | { type: 'input'; seq: number; data: string }
  | { type: 'resize'; cols: number; rows: number }
  | { type: 'ping' }
  /** The owner's word on who may see this terminal; everybody else's is ignored. */
  | { type: 'viewing'; mode: ViewingMode }
  /** Run the lab's checks, or the named one. */
  | { type: 'check'; name?: string }

/** The owner's secret, or that of an instructor who looks on under their name. */
type Credentials = { secret: string } | { viewer_secret: string; name: string }

export type MachineMessage =
  | ({ type: 'welcome'; applied: number; readonly: boolean; viewing: ViewingMode | null } & Size)
  | { type: 'ack'; seq: number }
  | { type: 'size'; cols: number; rows: number }
  | { type: 'exit' }
  | { type: 'pong' }
  | ({ type: 'viewing' } & Viewing)
  | ({ type: 'checks' } & CheckRound)

/** What an instructor may do in a trainee's terminal. */
export type ViewingMode = (typeof VIEWING_MODES)[number]
const VIEWING_MODES = ['off', 'read', 'write'] as const

export interface Viewing {
  mode: ViewingMode
  /** The display names of those who see the terminal now. */
  watching: readonly string[]
}

/** The lab's checks as the machine knows them: null is one that it has not tried yet. */
export interface CheckRound {
  running: boolean
  items: readonly CheckItem[]
}

export interface CheckItem {
  name: string
  title: string
  passed: boolean | null
  message: string | null
  /** Unix seconds. */
  checkedAt: number | null
}

export const CloseCode = {
  /** The page went away, or this side is done. */
  done: 1000,
  malformed: 4400,
  wrongSecret: 4401,
  /** The trainee does not allow anybody to look on, or not any more. */
  notAllowed: 4403,
  tooSlow: 4408,
  notReady: 4503,
} as const

export interface Size {
  cols: number
  rows: number
}

/** Reads a control message; null for anything that is not one, so that a newer machine may say more than we know. */
export function parseMachineMessage(text: string): MachineMessage | null {
  let message: Record<string, unknown>
  try {
    message = JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
  if (typeof message !== 'object' || message === null) return null
  switch (message.type) {
    case 'welcome':
      return isCount(message.applied) && isSize(message)
        ? {
            ...sizeOf(message),
            type: 'welcome',
            applied: message.applied,
            readonly: message.readonly === true,
            viewing: viewingModeOf(message.viewing),
          }
        : null
    case 'ack':
      return isCount(message.seq) ? { type: 'ack', seq: message.seq } : null
    case 'size':
      return isSize(message) ? { ...sizeOf(message), type: 'size' } : null
    case 'exit':
    case 'pong':
      return { type: message.type }
    case 'viewing':
      return viewingOf(message)
    case 'checks':
      return Array.isArray(message.items)
        ? { type: 'checks', running: message.running === true, items: message.items.flatMap(checkItemOf) }
        : null
    default:
      return null
  }
}

function viewingModeOf(value: unknown): ViewingMode | null {
  return VIEWING_MODES.find((mode) => mode === value) ?? null
}

function viewingOf({ mode, watching }: Record<string, unknown>): MachineMessage | null {
  const known = viewingModeOf(mode)
  if (!known) return null
  const names = Array.isArray(watching) ? watching.filter((name) => typeof name === 'string') : []
  return { type: 'viewing', mode: known, watching: names }
}

function checkItemOf(value: unknown): CheckItem[] {
  if (typeof value !== 'object' || value === null) return []
  const { name, title, passed, message, checked_at: checkedAt } = value as Record<string, unknown>
  if (typeof name !== 'string') return []
  return [
    {
      name,
      title: typeof title === 'string' ? title : name,
      passed: typeof passed === 'boolean' ? passed : null,
      message: typeof message === 'string' && message !== '' ? message : null,
      checkedAt: isCount(checkedAt) ? checkedAt : null,
    },
  ]
}

function sizeOf({ cols, rows }: Size): Size {
  return { cols, rows }
}

function isSize(message: object): message is Size {
  return 'cols' in message && 'rows' in message && isDimension(message.cols) && isDimension(message.rows)
}

function isDimension(value: unknown): value is number {
  return isCount(value) && value > 0 && value <= 1_000
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

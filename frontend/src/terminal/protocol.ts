/** The messages of the terminal's WebSocket, version 1, as `docs/protocol.md` section 3 lays them down. */

export const SUBPROTOCOL = 'brihaspati.terminal.v1'

export type ClientMessage =
  | { type: 'hello'; secret: string; client: string; cols: number; rows: number }
  | { type: 'input'; seq: number; data: string }
  | { type: 'resize'; cols: number; rows: number }
  | { type: 'ping' }

export type MachineMessage =
  | { type: 'welcome'; applied: number; cols: number; rows: number; readonly: boolean }
  | { type: 'ack'; seq: number }
  | { type: 'size'; cols: number; rows: number }
  | { type: 'exit' }
  | { type: 'pong' }

export const CloseCode = {
  /** The page went away, or this side is done. */
  done: 1000,
  malformed: 4400,
  wrongSecret: 4401,
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
          }
        : null
    case 'ack':
      return isCount(message.seq) ? { type: 'ack', seq: message.seq } : null
    case 'size':
      return isSize(message) ? { ...sizeOf(message), type: 'size' } : null
    case 'exit':
    case 'pong':
      return { type: message.type }
    default:
      return null
  }
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

/** What an instructor can do to people in the room, in words: what it is called, what it does, what it still needs. */
import {
  mdiClockPlusOutline,
  mdiHandBackRightOffOutline,
  mdiMessageOutline,
  mdiPlay,
  mdiRestart,
  mdiStop,
} from '@mdi/js'

import type { RoomActionKind } from '@/api/adminTypes'

interface OrderWording {
  label: string
  icon: string
  /** What happens, told before it does. */
  explains: string
  /** "3 machines will be …" */
  will: (count: number) => string
  did: (count: number) => string
  /** Something is lost by it. */
  destroys?: boolean
}

const machines = (count: number) => (count === 1 ? '1 machine' : `${count} machines`)
const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)
const hands = (count: number) => (count === 1 ? '1 hand' : `${count} hands`)

export const ORDERS: Record<RoomActionKind, OrderWording> = {
  start: {
    label: 'Start',
    icon: mdiPlay,
    explains: 'Presses Play for them. Whoever has a machine for the lab already keeps it.',
    will: (count) => `${machines(count)} will be started`,
    did: (count) => `${machines(count)} asked for`,
  },
  stop: {
    label: 'Stop',
    icon: mdiStop,
    explains: 'Deletes their machines and everything on them. It can’t be brought back.',
    will: (count) => `${machines(count)} will be deleted`,
    did: (count) => `${machines(count)} being deleted`,
    destroys: true,
  },
  extend: {
    label: 'Extend',
    icon: mdiClockPlusOutline,
    explains: 'Gives their running machines more time, as far as the class allows it.',
    will: (count) => `${machines(count)} will get more time`,
    did: (count) => `${machines(count)} got more time`,
  },
  restart: {
    label: 'Restart',
    icon: mdiRestart,
    explains:
      'Deletes their machines and everything on them, and starts fresh ones. What is on them can’t be brought back.',
    will: (count) => `${machines(count)} will be replaced by fresh ones`,
    did: (count) => `${machines(count)} being replaced`,
    destroys: true,
  },
  message: {
    label: 'Message',
    icon: mdiMessageOutline,
    explains: 'Shows them a text in their workspace, without taking the keyboard away from them.',
    will: (count) => `${people(count)} will see it`,
    did: (count) => `Sent to ${people(count)}`,
  },
  'lower-hand': {
    label: 'Lower hand',
    icon: mdiHandBackRightOffOutline,
    explains: 'Takes raised hands down, for questions that are answered.',
    will: (count) => `${hands(count)} will be lowered`,
    did: (count) => `${hands(count)} lowered`,
  },
}

export const ORDER_KINDS = Object.keys(ORDERS) as RoomActionKind[]

/** Minutes that an extension offers at once; any number within the bounds may be typed. */
export const EXTENSIONS = [10, 15, 30, 60] as const
export const MINUTES = { least: 1, most: 240 } as const
export const TEXT_LIMIT = 500

/** What a trainee's seat is doing, as an icon, a tone and a word. A new state does not compile until it has all three. */
import {
  mdiAlertCircleOutline,
  mdiBroom,
  mdiCheckDecagramOutline,
  mdiCircleOutline,
  mdiConsole,
  mdiLifebuoy,
  mdiRocketLaunchOutline,
  mdiServerRemove,
  mdiSleep,
  mdiTimerSand,
} from '@mdi/js'

import type { Tile } from '@/api/adminTypes'
import type { Stage } from '@/api/types'
import { failureWording, sentence } from '@/composables/failures'
import { STAGES } from '@/composables/stages'

/** The API's states of an environment, and the one of somebody who has none. */
export type SeatState = Tile['state'] | 'not-started'

export type SeatTone = 'quiet' | 'busy' | 'good' | 'attention' | 'bad'

interface Wording {
  label: string
  icon: string
  tone: SeatTone
}

/** In the order in which an instructor wants to look at them: who needs help first. */
export const SEAT_STATES: Record<SeatState, Wording> = {
  failed: { label: 'Failed', icon: mdiAlertCircleOutline, tone: 'bad' },
  stuck: { label: 'Stuck', icon: mdiLifebuoy, tone: 'attention' },
  idle: { label: 'Idle', icon: mdiSleep, tone: 'attention' },
  'not-started': { label: 'Not started', icon: mdiCircleOutline, tone: 'quiet' },
  waiting: { label: 'Waiting', icon: mdiTimerSand, tone: 'busy' },
  starting: { label: 'Starting', icon: mdiRocketLaunchOutline, tone: 'busy' },
  working: { label: 'Working', icon: mdiConsole, tone: 'good' },
  done: { label: 'Done', icon: mdiCheckDecagramOutline, tone: 'good' },
  stopping: { label: 'Stopping', icon: mdiBroom, tone: 'quiet' },
  ended: { label: 'Ended', icon: mdiServerRemove, tone: 'quiet' },
}

export const STATE_ORDER = Object.keys(SEAT_STATES) as SeatState[]

const RANKS = new Map(STATE_ORDER.map((state, rank) => [state, rank]))

export function stateRank(state: SeatState): number {
  return RANKS.get(state) ?? STATE_ORDER.length
}

/** Whether there is, or will be, a machine whose time runs. */
export function isLive(state: SeatState): boolean {
  return state !== 'not-started' && state !== 'ended' && state !== 'failed'
}

/** What the word alone leaves open: the place in the line, the stage, or why it failed. */
export function stateDetail(tile: Tile | null): string {
  switch (tile?.state) {
    case 'waiting':
      if (tile.ahead == null) return ''
      return tile.ahead === 0 ? 'next in line' : `${tile.ahead} before`
    case 'starting':
      return stageLabel(tile.stage)
    case 'failed':
      return failureWording(tile.failure?.code).title
    default:
      return ''
  }
}

function stageLabel(stage: string | null | undefined): string {
  return isStage(stage) ? STAGES[stage].label : ''
}

/** A newer API may know stages that this page has no words for. */
function isStage(stage: string | null | undefined): stage is Stage {
  return stage != null && Object.hasOwn(STAGES, stage)
}

/** The API's own words on a failure, for the tooltip; `stateDetail` is the heading. */
export function failureReason(tile: Tile | null): string {
  return tile?.failure ? sentence(tile.failure.message) : ''
}

/** Whether there is a shell to look at. */
export function hasTerminal(state: SeatState): boolean {
  return state === 'working' || state === 'idle' || state === 'stuck' || state === 'done'
}

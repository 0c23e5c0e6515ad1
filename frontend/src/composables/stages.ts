/** The lifecycle in words a trainee reads. Every stage and status has its own; a new one does not compile until it has too. */
import {
  mdiAlertCircleOutline,
  mdiBroom,
  mdiCertificateOutline,
  mdiCheck,
  mdiCheckCircleOutline,
  mdiClockAlertOutline,
  mdiCogOutline,
  mdiEyeCheckOutline,
  mdiEyeOffOutline,
  mdiEyeOutline,
  mdiHandBackLeftOffOutline,
  mdiHandBackLeftOutline,
  mdiHandBackRightOutline,
  mdiMapMarkerAlertOutline,
  mdiPackageVariantClosed,
  mdiRayStartArrow,
  mdiServerOutline,
  mdiServerPlusOutline,
  mdiServerRemove,
  mdiSleep,
  mdiTimerPlusOutline,
  mdiTimerSand,
} from '@mdi/js'

import type { Aside, Environment, Placement, Stage, Status } from '@/api/types'

import { awaitsProof, ENDED } from './pollDelay'

export type Tone = 'neutral' | 'good' | 'attention' | 'bad'

interface Wording {
  label: string
  icon: string
  tone: Tone
  /** What it is for, told while it lasts. */
  note?: string
}

export const STAGES: Record<Stage, Wording> = {
  requested: { label: 'Asked for a machine', icon: mdiRayStartArrow, tone: 'neutral' },
  waiting: { label: 'Waiting for its turn', icon: mdiTimerSand, tone: 'neutral' },
  creating: { label: 'Ordering it from the provider', icon: mdiServerPlusOutline, tone: 'neutral' },
  'machine-created': { label: 'Machine created, starting up', icon: mdiServerOutline, tone: 'neutral' },
  'agent-started': { label: 'Machine is up and called home', icon: mdiPackageVariantClosed, tone: 'neutral' },
  certificate: {
    label: 'Getting its certificate',
    icon: mdiCertificateOutline,
    tone: 'neutral',
    note: 'So that your browser can trust the machine. It cannot be reached before; the lab is being set up meanwhile.',
  },
  'setting-up': { label: 'Setting up the lab', icon: mdiCogOutline, tone: 'neutral' },
  ready: { label: 'Ready', icon: mdiCheck, tone: 'good' },
  'placement-failed': {
    label: 'That place had no machine for you',
    icon: mdiMapMarkerAlertOutline,
    tone: 'attention',
  },
  'check-passed': { label: 'A check passed', icon: mdiCheckCircleOutline, tone: 'good' },
  extended: { label: 'Time was added', icon: mdiTimerPlusOutline, tone: 'neutral' },
  'hand-raised': { label: 'Hand raised', icon: mdiHandBackLeftOutline, tone: 'attention' },
  'hand-lowered': { label: 'Hand lowered', icon: mdiHandBackLeftOffOutline, tone: 'neutral' },
  'viewing-asked': {
    label: 'An instructor asked to see the terminal',
    icon: mdiEyeOutline,
    tone: 'attention',
  },
  'viewing-allowed': { label: 'Watching was allowed', icon: mdiEyeCheckOutline, tone: 'neutral' },
  'viewing-refused': { label: 'Watching was refused', icon: mdiEyeOffOutline, tone: 'neutral' },
  idle: { label: 'Nobody had worked in it', icon: mdiSleep, tone: 'attention' },
  'stop-requested': { label: 'Stop asked for', icon: mdiHandBackRightOutline, tone: 'neutral' },
  expired: { label: 'Time was over', icon: mdiClockAlertOutline, tone: 'attention' },
  deleting: { label: 'Deleting the machine', icon: mdiBroom, tone: 'neutral' },
  deleted: { label: 'Machine deleted', icon: mdiServerRemove, tone: 'good' },
  failed: { label: 'Gave up', icon: mdiAlertCircleOutline, tone: 'bad' },
}

export const STATUSES: Record<Status, { label: string; tone: Tone; busy: boolean }> = {
  requested: { label: 'Requested', tone: 'neutral', busy: true },
  creating: { label: 'Creating', tone: 'neutral', busy: true },
  booting: { label: 'Booting', tone: 'neutral', busy: true },
  ready: { label: 'Running', tone: 'good', busy: false },
  deleting: { label: 'Deleting', tone: 'attention', busy: true },
  gone: { label: 'Deleted', tone: 'neutral', busy: false },
  failed: { label: 'Failed', tone: 'bad', busy: false },
}

const ASIDES: ReadonlySet<Stage> = new Set<Aside>([
  'check-passed',
  'extended',
  'hand-raised',
  'hand-lowered',
  'viewing-asked',
  'viewing-allowed',
  'viewing-refused',
])

/** It happened while somebody worked, and moved nothing towards the next stage. */
export function isAside(stage: Stage): boolean {
  return ASIDES.has(stage)
}

/** The way a start goes when nothing goes wrong. */
const WAY_UP: readonly Stage[] = [
  'requested',
  'creating',
  'machine-created',
  'agent-started',
  'setting-up',
  'ready',
]
/** What comes in between where there is a line, and where machines need a certificate of their own. */
const SOMETIMES: readonly Stage[] = ['waiting', 'certificate']
const WAY_DOWN: readonly Stage[] = ['deleting', 'deleted']

type Course = Pick<Environment, 'status' | 'wanted' | 'timeline' | 'receipt'>

/** The machine of a place that failed goes, or went, and the next place follows by itself. */
export function goesOn({ status, wanted, timeline }: Course): boolean {
  if (wanted === 'gone' || ENDED.has(status)) return false
  if (status !== 'deleting') return true
  return lastIndex(timeline, 'placement-failed') > lastIndex(timeline, 'creating')
}

/** What is still to come after the last thing that happened. */
export function upcoming(environment: Course): readonly Stage[] {
  const last = environment.timeline.findLast(({ stage }) => !isAside(stage))?.stage
  const nextPlace = goesOn(environment) ? WAY_UP.slice(1) : []
  switch (last) {
    case undefined:
      return WAY_UP
    case 'waiting':
    case 'placement-failed':
      return WAY_UP.slice(1)
    case 'certificate':
      return WAY_UP.slice(WAY_UP.indexOf('setting-up'))
    case 'stop-requested':
    case 'expired':
    case 'idle':
      return WAY_DOWN
    case 'deleting':
      return ['deleted', ...nextPlace]
    case 'deleted':
      return nextPlace
    case 'failed':
      return awaitsProof(environment) ? ['deleted'] : []
    default:
      return WAY_UP.slice(WAY_UP.indexOf(last) + 1)
  }
}

/** How far a start is: stages begun and stages in all. What an earlier place came to does not count. */
export function steps(environment: Course): { begun: number; of: number } {
  const { timeline } = environment
  const tried = timeline.slice(Math.max(0, lastIndex(timeline, 'placement-failed')))
  const detours = SOMETIMES.filter((sometimes) => tried.some(({ stage }) => stage === sometimes)).length
  const of = WAY_UP.length + detours
  return { begun: Math.max(1, of - upcoming(environment).filter((stage) => stage !== 'deleted').length), of }
}

/** A place that failed in this start, and why: worth telling until there is a machine at another one. */
export interface Detour {
  place: string | null
  why: string | null
}

export function detour(environment: Course): Detour | null {
  const { timeline } = environment
  const failed = lastIndex(timeline, 'placement-failed')
  const over = failed < 0 || failed < lastIndex(timeline, 'machine-created') || !goesOn(environment)
  if (over) return null
  const asked = timeline.slice(0, failed).findLast(({ stage }) => stage === 'creating')
  return { place: asked?.detail ?? null, why: timeline[failed]?.detail ?? null }
}

function lastIndex(timeline: Environment['timeline'], wanted: Stage): number {
  return timeline.findLastIndex(({ stage }) => stage === wanted)
}

const PROVIDERS: Record<string, string> = { linode: 'Linode', digitalocean: 'DigitalOcean' }

export function providerName(provider: string): string {
  return PROVIDERS[provider] ?? provider
}

export function placementName(placement: Pick<Placement, 'provider' | 'region'>): string {
  return `${providerName(placement.provider)}, ${placement.region}`
}

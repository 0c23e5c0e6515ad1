/** The lifecycle in words a trainee reads. Every stage and status has its own; a new one does not compile until it has too. */
import {
  mdiAlertCircleOutline,
  mdiBroom,
  mdiCheck,
  mdiClockAlertOutline,
  mdiCogOutline,
  mdiHandBackRightOutline,
  mdiMapMarkerAlertOutline,
  mdiPackageVariantClosed,
  mdiRayStartArrow,
  mdiServerOutline,
  mdiServerPlusOutline,
  mdiServerRemove,
} from '@mdi/js'

import type { Placement, Stage, Status } from '@/api/types'

export type Tone = 'neutral' | 'good' | 'attention' | 'bad'

interface Wording {
  label: string
  icon: string
  tone: Tone
}

export const STAGES: Record<Stage, Wording> = {
  requested: { label: 'Asked for a machine', icon: mdiRayStartArrow, tone: 'neutral' },
  creating: { label: 'Ordering it from the provider', icon: mdiServerPlusOutline, tone: 'neutral' },
  'machine-created': { label: 'Machine created, starting up', icon: mdiServerOutline, tone: 'neutral' },
  'agent-started': { label: 'Machine is up and called home', icon: mdiPackageVariantClosed, tone: 'neutral' },
  'setting-up': { label: 'Setting up the lab', icon: mdiCogOutline, tone: 'neutral' },
  ready: { label: 'Ready', icon: mdiCheck, tone: 'good' },
  'placement-failed': {
    label: 'That place had no machine for you',
    icon: mdiMapMarkerAlertOutline,
    tone: 'attention',
  },
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

/** The way a start goes when nothing goes wrong. */
const WAY_UP: readonly Stage[] = [
  'requested',
  'creating',
  'machine-created',
  'agent-started',
  'setting-up',
  'ready',
]
const WAY_DOWN: readonly Stage[] = ['deleting', 'deleted']

/** What is still to come after the last thing that happened. */
export function upcoming(last: Stage | undefined): readonly Stage[] {
  switch (last) {
    case undefined:
      return WAY_UP
    case 'placement-failed':
      return WAY_UP.slice(1)
    case 'stop-requested':
    case 'expired':
      return WAY_DOWN
    case 'deleting':
      return ['deleted']
    case 'deleted':
    case 'failed':
      return []
    default:
      return WAY_UP.slice(WAY_UP.indexOf(last) + 1)
  }
}

const PROVIDERS: Record<string, string> = { linode: 'Linode', digitalocean: 'DigitalOcean' }

export function providerName(provider: string): string {
  return PROVIDERS[provider] ?? provider
}

export function placementName(placement: Pick<Placement, 'provider' | 'region'>): string {
  return `${providerName(placement.provider)}, ${placement.region}`
}

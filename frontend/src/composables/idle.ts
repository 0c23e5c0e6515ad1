/** When a machine that nobody uses is about to be stopped, as far as this page can know. */
const MINUTE = 60_000
/** The notice comes this long before the limit, and never in more than a quarter of it. */
const NOTICE_MINUTES = 5
const SHARE = 0.25
/** Past its limit by this much and still there: it was used from somewhere else. */
const FORGOTTEN_MINUTES = 2

export interface IdleNotice {
  quietMinutes: number
  leftMinutes: number
}

/** `lastActive` and `now` in milliseconds of the same clock; null while nothing needs to be said. */
export function idleNotice(
  now: number,
  lastActive: number,
  limitMinutes: number | null | undefined,
): IdleNotice | null {
  if (limitMinutes == null) return null
  const quiet = (now - lastActive) / MINUTE
  const left = limitMinutes - quiet
  if (left > Math.min(NOTICE_MINUTES, limitMinutes * SHARE) || left < -FORGOTTEN_MINUTES) return null
  return { quietMinutes: Math.floor(quiet), leftMinutes: Math.max(0, Math.ceil(left)) }
}

const KEY = 'brihaspati.active'

/** The last use of an environment is kept on this device, so that a reload does not make it look busy or forgotten. */
export function loadLastActive(environment: string, storage: Pick<Storage, 'getItem'> = localStorage) {
  try {
    const stored = JSON.parse(storage.getItem(KEY) ?? '{}') as { environment?: unknown; at?: unknown }
    return stored.environment === environment && typeof stored.at === 'number' ? stored.at : null
  } catch {
    return null
  }
}

export function saveLastActive(
  environment: string,
  at: number,
  storage: Pick<Storage, 'setItem'> = localStorage,
) {
  storage.setItem(KEY, JSON.stringify({ environment, at }))
}

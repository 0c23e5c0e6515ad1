/** The state of a terminal's connection in words. */
import type { ConnectionState, TerminalAddress } from './TerminalSession'

const STATES: Record<ConnectionState, string> = {
  connecting: 'Connecting…',
  unreached: 'The machine cannot be reached yet. This page goes on trying.',
  live: 'Connected',
  reconnecting: 'Reconnecting… What you type is kept and sent once.',
  refused: 'The machine did not accept this page.',
  'not-allowed': 'Not allowed to look on now.',
  incompatible: 'This page is older than the machine. Reload it.',
  closed: 'Closed',
}

const UNREACHED_SECURED =
  'The machine cannot be reached yet: it may still wait for its certificate, or your network lets nothing ' +
  'through to it. This page goes on trying.'

export function connectionLabel(
  state: ConnectionState,
  { url, viewer }: Pick<TerminalAddress, 'url' | 'viewer'>,
  readonly: boolean,
): string {
  if (state === 'live' && readonly) return 'Connected, watching only'
  // Whoever looks on types only into a terminal that is there.
  if (state === 'reconnecting' && viewer !== undefined) return 'Reconnecting…'
  // Browsers do not tell pages why no connection came about.
  if (state === 'unreached' && url.startsWith('wss:')) return UNREACHED_SECURED
  return STATES[state]
}

/**
 * The token of a join link. It comes behind the `#`, which browsers send to nobody, and leaves the address bar before
 * the page asks anybody anything. The tab keeps it until it was used, because a tablet may reload a page at any time.
 */
const KEY = 'brihaspati.join'
const JOIN_PATH = '/join'

/** Takes a token out of the address of a page that is being opened. */
export function hideJoinToken(page: Pick<Window, 'location' | 'history' | 'sessionStorage'> = window): void {
  const { pathname, search, hash } = page.location
  if (pathname !== JOIN_PATH || hash.length < 2) return
  page.sessionStorage.setItem(KEY, hash.slice(1))
  page.history.replaceState(page.history.state, '', pathname + search)
}

export function keepJoinToken(token: string, storage: Pick<Storage, 'setItem'> = sessionStorage): void {
  storage.setItem(KEY, token)
}

export function joinToken(storage: Pick<Storage, 'getItem'> = sessionStorage): string | null {
  return storage.getItem(KEY) || null
}

export function forgetJoinToken(storage: Pick<Storage, 'removeItem'> = sessionStorage): void {
  storage.removeItem(KEY)
}

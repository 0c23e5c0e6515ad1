/**
 * The random id of this browser tab. It is taken out of the tab's storage while the page lives and put back when it
 * goes, because a duplicated tab gets a copy of the storage, and two tabs with one id would number over each other.
 */
const KEY = 'brihaspati.terminal.client'

export function claimClientId(storage: Storage = sessionStorage, page: Window = window): string {
  const id = storage.getItem(KEY) ?? randomId()
  storage.removeItem(KEY)
  page.addEventListener('pagehide', () => storage.setItem(KEY, id))
  page.addEventListener('pageshow', (event) => {
    if (event.persisted) storage.removeItem(KEY)
  })
  return id
}

let claimed: string | undefined

/** The id of this page, claimed once. */
export function clientId(): string {
  claimed ??= claimClientId()
  return claimed
}

/** 128 random bits in hex. `crypto.randomUUID` is missing on plain http, and a demo may be served so. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

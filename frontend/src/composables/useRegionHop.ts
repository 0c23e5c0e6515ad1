/**
 * Ctrl+Shift+. goes to the next region of the workspace, Ctrl+Shift+, to the one before. It works from inside the
 * terminal too, which keeps every other key (Tab above all) for the shell.
 */
import { onScopeDispose } from 'vue'

export interface Region {
  name: string
  /** The element that holds the region; null while it is not shown. */
  element(): HTMLElement | null
  focus(): void
}

export function useRegionHop(regions: readonly Region[], announce: (text: string) => void): void {
  function hop(event: KeyboardEvent) {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return
    const step = event.code === 'Period' ? 1 : event.code === 'Comma' ? -1 : 0
    if (step === 0) return
    const shown = regions.filter(
      (region) => region.element()?.checkVisibility?.() ?? region.element() !== null,
    )
    if (shown.length === 0) return
    event.preventDefault()
    event.stopImmediatePropagation()
    const here = shown.findIndex((region) => region.element()?.contains(document.activeElement))
    const from = here === -1 && step === -1 ? 0 : here
    const next = shown[(from + step + shown.length) % shown.length]
    next?.focus()
    if (next) announce(next.name)
  }

  window.addEventListener('keydown', hop, { capture: true })
  onScopeDispose(() => window.removeEventListener('keydown', hop, { capture: true }))
}

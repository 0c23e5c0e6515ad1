/** Keeps `--viewport-height` at what is really visible: an iPad's keyboard covers the page without resizing it. */
import { onScopeDispose } from 'vue'

export function useViewportHeight(viewport: VisualViewport | null = window.visualViewport): void {
  if (!viewport) return
  const root = document.documentElement
  const apply = () => {
    // While pinch-zoomed the visible part says nothing about the keyboard.
    if (viewport.scale <= 1.01)
      root.style.setProperty('--viewport-height', `${Math.round(viewport.height)}px`)
  }
  apply()
  viewport.addEventListener('resize', apply)
  onScopeDispose(() => viewport.removeEventListener('resize', apply))
}

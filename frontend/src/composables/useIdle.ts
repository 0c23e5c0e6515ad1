/** How long nobody has used the machine from this page, and when that ends it. */
import { computed, onScopeDispose, ref } from 'vue'

import type { Environment } from '@/api/types'
import { useConnectionStore } from '@/stores/connection'

import { idleNotice, loadLastActive, saveLastActive } from './idle'
import { useNow } from './useNow'

const SAVE_EVERY_MS = 10_000

export function useIdle(environment: () => Environment) {
  const connection = useConnectionStore()
  const now = useNow(5_000)
  const { id, timeline } = environment()
  const readyAt = Date.parse(timeline.findLast(({ stage }) => stage === 'ready')?.at ?? '')
  const lastActive = ref(Math.max(loadLastActive(id) ?? 0, readyAt || now.value))
  let saved = 0

  function used() {
    lastActive.value = Date.now() + connection.skew
    if (lastActive.value - saved < SAVE_EVERY_MS) return
    saved = lastActive.value
    saveLastActive(id, lastActive.value)
  }

  /** What happens inside a web tab is out of sight; that the focus went there is not. */
  function left() {
    if (document.activeElement instanceof HTMLIFrameElement) used()
  }

  window.addEventListener('blur', left)
  onScopeDispose(() => window.removeEventListener('blur', left))

  return {
    notice: computed(() => idleNotice(now.value, lastActive.value, environment().idle_minutes)),
    used,
  }
}

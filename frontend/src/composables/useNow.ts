/** The server's time, ticking while the component lives. Reading it makes a computed value a clock. */
import { onScopeDispose, ref, type Ref } from 'vue'

import { useConnectionStore } from '@/stores/connection'

export function useNow(everyMs = 1_000): Readonly<Ref<number>> {
  const connection = useConnectionStore()
  const read = () => Date.now() + connection.skew
  const now = ref(read())
  const timer = setInterval(() => (now.value = read()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return now
}

/** A wait that was imposed, counted down; over by itself. */
import { computed, onScopeDispose, ref } from 'vue'

/** No header can shut a door for longer than this. */
const LONGEST_SECS = 900

export function useWait() {
  const until = ref(0)
  const now = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  const seconds = computed(() => Math.max(0, Math.ceil((until.value - now.value) / 1_000)))

  function tick() {
    now.value = Date.now()
    if (seconds.value === 0) clearInterval(timer)
  }

  function begin(secs: number) {
    clearInterval(timer)
    until.value = Date.now() + Math.min(LONGEST_SECS, Math.max(1, secs)) * 1_000
    timer = setInterval(tick, 500)
    tick()
  }

  onScopeDispose(() => clearInterval(timer))
  return { seconds, begin }
}

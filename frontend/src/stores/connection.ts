/** Whether the API answers, and how far the clock of this device is from the server's. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The Date header counts whole seconds, so smaller differences mean nothing. */
const MEANINGFUL_SKEW_MS = 2_000

export const useConnectionStore = defineStore('connection', () => {
  const reachable = ref(true)
  const skew = ref(0)

  function sawAnswer(response: Response, now = Date.now()) {
    reachable.value = true
    const server = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(server)) return
    const difference = server - now
    skew.value = Math.abs(difference) < MEANINGFUL_SKEW_MS ? 0 : difference
  }

  function sawSilence() {
    reachable.value = false
  }

  return { reachable, skew, sawAnswer, sawSilence }
})

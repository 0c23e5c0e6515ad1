/** Says things to screen readers through the one live region in `App.vue`. */
import { readonly, ref } from 'vue'

const message = ref('')

export function useAnnouncer() {
  function announce(text: string) {
    // The same text twice would be no change, and so not be read.
    message.value = message.value === text ? `${text}\u00a0` : text
  }
  return { message: readonly(message), announce }
}

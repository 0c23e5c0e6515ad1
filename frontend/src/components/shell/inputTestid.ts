import type { Directive } from 'vue'

/** Vuetify hands data attributes to the field's frame; tests want the input itself. */
export const vInputTestid: Directive<HTMLElement, string> = {
  mounted: (frame, { value }) => frame.querySelector('input, textarea')?.setAttribute('data-testid', value),
}

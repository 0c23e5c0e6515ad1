/** Light, dark, or whatever the system prefers (the start). The choice is kept on this device. */
import { computed, ref } from 'vue'
import { useTheme } from 'vuetify'

export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'brihaspati.theme'
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']

export function preferredTheme(storage: Pick<Storage, 'getItem'> = localStorage): ThemeChoice {
  const stored = storage.getItem(KEY)
  return CHOICES.find((choice) => choice === stored) ?? 'system'
}

export function useThemeChoice() {
  const theme = useTheme()
  const choice = ref(preferredTheme())

  function choose(next: ThemeChoice) {
    choice.value = next
    localStorage.setItem(KEY, next)
    void theme.change(next)
  }

  return {
    choice,
    isDark: computed(() => theme.global.current.value.dark),
    choose,
    /** Goes round: system, light, dark. */
    next: () => choose(CHOICES[(CHOICES.indexOf(choice.value) + 1) % CHOICES.length] ?? 'system'),
  }
}

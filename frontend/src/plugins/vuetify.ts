/** Component library and the portal's own colours: peacock for what acts, turmeric (Brihaspati's colour) for what matters. */
import 'vuetify/styles/core'

import { createVuetify, type ThemeDefinition } from 'vuetify'
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg'

import { preferredTheme } from '@/composables/useThemeChoice'

const light: ThemeDefinition = {
  dark: false,
  colors: {
    background: '#f2f5f4',
    surface: '#ffffff',
    'surface-variant': '#dfe7e6',
    'on-surface-variant': '#14292d',
    primary: '#0f5a66',
    'on-primary': '#ffffff',
    secondary: '#e9a91c',
    'on-secondary': '#2a1e00',
    success: '#1d6b42',
    'on-success': '#ffffff',
    warning: '#8a5300',
    'on-warning': '#ffffff',
    error: '#a8271f',
    'on-error': '#ffffff',
    info: '#0f5a66',
    'on-background': '#14292d',
    'on-surface': '#14292d',
  },
  variables: {
    'high-emphasis-opacity': 1,
    'medium-emphasis-opacity': 0.76,
    'border-color': '#14292d',
    'border-opacity': 0.14,
  },
}

const dark: ThemeDefinition = {
  dark: true,
  colors: {
    background: '#0b1417',
    surface: '#122024',
    'surface-variant': '#22353a',
    'on-surface-variant': '#e2ecea',
    primary: '#6bc9d1',
    'on-primary': '#04262b',
    secondary: '#f2bd45',
    'on-secondary': '#2a1e00',
    success: '#7fd3a1',
    'on-success': '#04210f',
    warning: '#f2bd45',
    'on-warning': '#2a1e00',
    error: '#ff9d8f',
    'on-error': '#3b0500',
    info: '#6bc9d1',
    'on-background': '#e2ecea',
    'on-surface': '#e2ecea',
  },
  variables: {
    'high-emphasis-opacity': 1,
    'medium-emphasis-opacity': 0.76,
    'border-color': '#e2ecea',
    'border-opacity': 0.16,
  },
}

const field = { variant: 'outlined', density: 'comfortable', color: 'primary' } as const

export function createPortalVuetify() {
  return createVuetify({
    theme: { defaultTheme: preferredTheme(), themes: { light, dark }, transition: false },
    icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
    display: { mobileBreakpoint: 'md' },
    defaults: {
      VBtn: { minHeight: 44, variant: 'flat' },
      VCard: { elevation: 0 },
      VTextField: field,
      VTextarea: field,
      VNumberInput: { ...field, controlVariant: 'split' },
      VSelect: field,
      VAutocomplete: field,
      VCombobox: field,
      VFileInput: field,
      VSwitch: { color: 'primary', inset: true, density: 'comfortable' },
      VDataTable: { hover: true },
      VAlert: { variant: 'tonal' },
      VTooltip: { openDelay: 300 },
    },
  })
}

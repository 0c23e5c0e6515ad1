/** How the terminal looks: two palettes, and the few preferences kept on this device. Nothing here is secret. */
import type { ITheme } from '@xterm/xterm'

export const FONT_FAMILY = "'JetBrains Mono Variable', ui-monospace, Menlo, Consolas, monospace"

const DARK: ITheme = {
  background: '#0a1215',
  foreground: '#dfe9e8',
  cursor: '#f2bd45',
  cursorAccent: '#0a1215',
  selectionBackground: '#2b5a63',
  black: '#22353a',
  red: '#ff8f80',
  green: '#7fd3a1',
  yellow: '#f2bd45',
  blue: '#7db4ff',
  magenta: '#d8a3f0',
  cyan: '#6bc9d1',
  white: '#dfe9e8',
  brightBlack: '#7c9296',
  brightRed: '#ffb3a7',
  brightGreen: '#a4e6bf',
  brightYellow: '#ffd67d',
  brightBlue: '#a9ceff',
  brightMagenta: '#e9c4fa',
  brightCyan: '#9be3e9',
  brightWhite: '#ffffff',
}

const LIGHT: ITheme = {
  background: '#fbfcfc',
  foreground: '#14292d',
  cursor: '#0f5a66',
  cursorAccent: '#fbfcfc',
  selectionBackground: '#b9dde1',
  black: '#14292d',
  red: '#a8271f',
  green: '#1d6b42',
  yellow: '#7a4a00',
  blue: '#1d4fa3',
  magenta: '#7a2f96',
  cyan: '#0f5a66',
  white: '#5f7377',
  brightBlack: '#4c6165',
  brightRed: '#c03a30',
  brightGreen: '#237f4f',
  brightYellow: '#8a5a06',
  brightBlue: '#2b62bf',
  brightMagenta: '#8f41ab',
  brightCyan: '#17707d',
  brightWhite: '#14292d',
}

export function palette(dark: boolean): ITheme {
  return dark ? DARK : LIGHT
}

export interface TerminalPreferences {
  /** Pixels. */
  fontSize: number
  screenReader: boolean
}

const KEY = 'brihaspati.terminal'
export const FONT_SIZES = { least: 10, most: 28, usual: 14 } as const

export function clampFontSize(size: number): number {
  return Math.min(FONT_SIZES.most, Math.max(FONT_SIZES.least, Math.round(size)))
}

export function loadPreferences(storage: Pick<Storage, 'getItem'> = localStorage): TerminalPreferences {
  try {
    const stored = JSON.parse(storage.getItem(KEY) ?? '{}') as Partial<TerminalPreferences>
    const size = Number(stored.fontSize)
    return {
      fontSize: Number.isFinite(size) && size > 0 ? clampFontSize(size) : FONT_SIZES.usual,
      screenReader: stored.screenReader === true,
    }
  } catch {
    return { fontSize: FONT_SIZES.usual, screenReader: false }
  }
}

export function savePreferences(
  preferences: TerminalPreferences,
  storage: Pick<Storage, 'setItem'> = localStorage,
): void {
  storage.setItem(KEY, JSON.stringify(preferences))
}

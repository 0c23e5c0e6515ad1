/** Keys that tablets' keyboards lack, as the bytes a terminal sends for them (xterm's, ECMA-48). */
export interface TouchKey {
  name: string
  label: string
  /** The sequence; arrows differ while a full-screen program has asked for application cursor keys. */
  sequence(applicationCursor: boolean): string
}

const fixed = (name: string, label: string, sequence: string): TouchKey => ({
  name,
  label,
  sequence: () => sequence,
})
const arrow = (name: string, label: string, final: string): TouchKey => ({
  name,
  label,
  sequence: (applicationCursor) => `\x1b${applicationCursor ? 'O' : '['}${final}`,
})

export const TOUCH_KEYS: readonly TouchKey[] = [
  fixed('Escape', 'Esc', '\x1b'),
  fixed('Tab', 'Tab', '\t'),
  fixed('Control C', '^C', '\x03'),
  fixed('Control D', '^D', '\x04'),
  fixed('Control Z', '^Z', '\x1a'),
  fixed('Control R', '^R', '\x12'),
  arrow('Left', '←', 'D'),
  arrow('Up', '↑', 'A'),
  arrow('Down', '↓', 'B'),
  arrow('Right', '→', 'C'),
  fixed('Pipe', '|', '|'),
  fixed('Slash', '/', '/'),
  fixed('Tilde', '~', '~'),
  fixed('Dash', '-', '-'),
]

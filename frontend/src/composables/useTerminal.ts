/** The terminal emulator on the page, joined to its session with the machine. */
import '@xterm/xterm/css/xterm.css'

import { FitAddon } from '@xterm/addon-fit'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue'

import {
  clampFontSize,
  FONT_FAMILY,
  FONT_SIZES,
  loadPreferences,
  palette,
  savePreferences,
} from '@/terminal/appearance'
import { clientId } from '@/terminal/clientId'
import type { CheckRound, Size, Viewing, ViewingMode } from '@/terminal/protocol'
import { isTerminalReport } from '@/terminal/reports'
import { TerminalSession, type ConnectionState, type TerminalAddress } from '@/terminal/TerminalSession'

export interface TerminalHooks {
  announce(text: string): void
  /** Asks the API for the environment again: the secret may be new, or the machine gone. */
  refresh(): Promise<unknown>
  /** Something was typed, or pasted, or clicked. */
  used?(): void
}

const FIT_DEBOUNCE_MS = 80
/** Pixels; smaller text can't be read, so a larger terminal is cut then. */
const SMALLEST_LOOKED_ON = 7

export function useTerminal(
  host: Readonly<Ref<HTMLElement | null>>,
  address: () => TerminalAddress,
  dark: () => boolean,
  hooks: TerminalHooks,
) {
  const state = ref<ConnectionState>('connecting')
  const readonly = ref(false)
  const viewing = shallowRef<Viewing | null>(null)
  const checks = shallowRef<CheckRound | null>(null)
  const preferences = ref(loadPreferences())
  const session = shallowRef<TerminalSession | null>(null)

  const terminal = new Terminal({
    allowProposedApi: true,
    cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: FONT_FAMILY,
    fontSize: preferences.value.fontSize,
    lineHeight: 1.15,
    minimumContrastRatio: 4.5,
    screenReaderMode: preferences.value.screenReader,
    scrollback: 10_000,
    theme: palette(dark()),
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.loadAddon(new WebLinksAddon())
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'

  /** Whoever looks on draws the trainee's terminal at the trainee's size, and never changes that. */
  const looksOn = () => address().viewer !== undefined
  let machineSize: Size | null = null
  let replaying = false
  let askedForSecret = false
  let fitTimer: ReturnType<typeof setTimeout> | undefined

  function fit() {
    if (!host.value?.clientWidth) return
    const wanted = fitting.proposeDimensions()
    if (!wanted || !(wanted.cols > 1) || !(wanted.rows > 0)) return
    if (looksOn()) return fitText(wanted)
    terminal.resize(wanted.cols, wanted.rows)
    if (machineSize?.cols !== wanted.cols || machineSize.rows !== wanted.rows) session.value?.resize(wanted)
  }

  /** The largest text, up to the chosen size, with which the whole of the trainee's terminal is seen. */
  function fitText(room: Size) {
    if (!machineSize) return
    const drawn = terminal.options.fontSize ?? preferences.value.fontSize
    const share = Math.min(room.cols / machineSize.cols, room.rows / machineSize.rows)
    const fitting = Math.max(SMALLEST_LOOKED_ON, Math.floor(drawn * share))
    terminal.options.fontSize = Math.min(preferences.value.fontSize, fitting)
    terminal.resize(machineSize.cols, machineSize.rows)
  }

  function fitSoon() {
    clearTimeout(fitTimer)
    fitTimer = setTimeout(fit, FIT_DEBOUNCE_MS)
  }

  async function entered(next: ConnectionState) {
    const before = state.value
    state.value = next
    if (next === 'live') {
      askedForSecret = false
      fitSoon()
      if (before === 'reconnecting') hooks.announce('Terminal connected again')
    } else if (next === 'unreached') {
      hooks.announce('The machine cannot be reached yet, trying again.')
    } else if (next === 'reconnecting') {
      hooks.announce(
        looksOn()
          ? 'Terminal connection lost, reconnecting.'
          : 'Terminal connection lost, reconnecting. What you type is kept.',
      )
    } else if (next === 'refused' && !askedForSecret) {
      askedForSecret = true
      await hooks.refresh()
      session.value?.renew(address())
    }
  }

  function start(size: Size) {
    terminal.resize(size.cols, size.rows)
    session.value = new TerminalSession({
      address: address(),
      client: clientId(),
      screen: {
        reset() {
          terminal.reset()
          replaying = true
          // Written after the snapshot's bytes are queued, so it runs once they are drawn.
          queueMicrotask(() => terminal.write('', () => (replaying = false)))
        },
        write: (output) => terminal.write(output),
        size: () => ({ cols: terminal.cols, rows: terminal.rows }),
      },
      events: {
        state: (next) => void entered(next),
        readonly: (value) => (readonly.value = value),
        viewing: (value) => (viewing.value = value),
        checks: (value) => (checks.value = value),
        resized(size) {
          machineSize = size
          terminal.resize(size.cols, size.rows)
          if (looksOn()) fitSoon()
        },
        shellEnded: () =>
          terminal.write('\r\n\x1b[2m[the shell ended; press a key for a new one]\x1b[0m\r\n'),
        inputRefused: () => hooks.announce('Too much is waiting to be sent; the last input was not taken.'),
        struggling: () => void hooks.refresh(),
      },
    })
    session.value.open()
  }

  terminal.onData((data) => {
    if (!isTerminalReport(data)) hooks.used?.()
    if (!(replaying && isTerminalReport(data))) session.value?.send(data)
  })

  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true
    if (event.code === 'KeyC') {
      event.preventDefault()
      void copySelection()
      return false
    }
    // The browser pastes, and the emulator listens to that.
    return event.code !== 'KeyV'
  })

  async function copySelection() {
    const selection = terminal.getSelection()
    if (!selection) return
    try {
      await navigator.clipboard.writeText(selection)
      hooks.announce('Copied')
    } catch {
      hooks.announce('The browser did not allow copying')
    }
  }

  function changeFontSize(step: number) {
    const fontSize = step === 0 ? FONT_SIZES.usual : clampFontSize(preferences.value.fontSize + step)
    preferences.value = { ...preferences.value, fontSize }
    terminal.options.fontSize = fontSize
    savePreferences(preferences.value)
    fitSoon()
  }

  function toggleScreenReader() {
    preferences.value = { ...preferences.value, screenReader: !preferences.value.screenReader }
    terminal.options.screenReaderMode = preferences.value.screenReader
    savePreferences(preferences.value)
  }

  /** Types text as a paste: no Enter is added, and several lines only go where the shell takes a paste as one. */
  function type(text: string): boolean {
    if (text.includes('\n') && !terminal.modes.bracketedPasteMode) return false
    terminal.paste(text)
    terminal.focus()
    return true
  }

  const observer = new ResizeObserver(fitSoon)
  const wake = () => {
    if (document.visibilityState === 'visible') session.value?.wake()
  }

  onMounted(async () => {
    // Cells are measured when the terminal opens, so its font has to be there; a missing font must not keep it shut.
    await document.fonts.load(`${preferences.value.fontSize}px 'JetBrains Mono Variable'`).catch(() => [])
    if (!host.value) return
    terminal.open(host.value)
    terminal.textarea?.setAttribute('aria-label', 'Terminal. Leave it with Control Shift Period.')
    terminal.textarea?.addEventListener('focus', fitSoon)
    const size = fitting.proposeDimensions()
    start(size && size.cols > 1 && size.rows > 0 ? size : { cols: 80, rows: 24 })
    observer.observe(host.value)
    window.addEventListener('online', wake)
    document.addEventListener('visibilitychange', wake)
    terminal.focus()
  })

  onBeforeUnmount(() => {
    clearTimeout(fitTimer)
    observer.disconnect()
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
    session.value?.close()
    terminal.dispose()
  })

  watch(dark, (value) => (terminal.options.theme = palette(value)))
  watch(
    () => [address().url, address().secret],
    () => {
      // While refused, `entered` renews by itself with whatever the refresh brought.
      if (state.value !== 'refused') session.value?.renew(address())
    },
  )

  return {
    state,
    readonly,
    viewing,
    checks,
    preferences,
    check: (name?: string) => session.value?.check(name) ?? false,
    allowViewing: (mode: ViewingMode) => session.value?.allowViewing(mode),
    focus: () => terminal.focus(),
    send: (data: string) => session.value?.send(data) ?? false,
    applicationCursor: () => terminal.modes.applicationCursorKeysMode,
    type,
    changeFontSize,
    toggleScreenReader,
    renew: () => session.value?.renew(address()),
  }
}

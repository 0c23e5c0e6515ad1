/** The lab's checks on the page: how they stand, asking for them, and which have just passed. */
import { computed, onScopeDispose, ref, watch } from 'vue'

import type { Check } from '@/api/types'
import type { CheckRound } from '@/terminal/protocol'
import type { ConnectionState } from '@/terminal/TerminalSession'

import { mergeChecks, newlyPassed, passedOf } from './checks'

/** The machine as far as its checks are concerned. */
export interface CheckingMachine {
  state: ConnectionState
  checks: CheckRound | null
  check(name?: string): boolean
}

/** A machine says at once that it has begun; one that does not by then has not heard. */
export const HEARD_MS = 8_000
/** How long a pass stays marked as new. */
export const FRESH_MS = 6_000

const UNREACHABLE = 'The machine cannot be reached at the moment. Try again once the terminal is connected.'
const UNHEARD = 'The machine did not answer. Try again.'

export function useChecks(
  stored: () => readonly Check[],
  machine: () => CheckingMachine | null,
  announce: (text: string) => void,
) {
  const items = computed(() => mergeChecks(stored(), machine()?.checks ?? null))
  const passed = computed(() => passedOf(items.value))
  const total = computed(() => items.value.length)
  const live = computed(() => machine()?.state === 'live')
  const running = computed(() => live.value && machine()?.checks?.running === true)

  /** What was asked for and has not come back yet: a check's name, or '' for all of them. */
  const asked = ref<string | null>(null)
  const trouble = ref('')
  const fresh = ref<ReadonlySet<string>>(new Set())
  const justFinished = ref(false)
  let hearing: ReturnType<typeof setTimeout> | undefined
  let fading: ReturnType<typeof setTimeout> | undefined

  function ask(name?: string) {
    trouble.value = ''
    if (!machine()?.check(name)) {
      trouble.value = UNREACHABLE
      return
    }
    asked.value = name ?? ''
    clearTimeout(hearing)
    hearing = setTimeout(() => {
      asked.value = null
      trouble.value = UNHEARD
    }, HEARD_MS)
  }

  function settle() {
    clearTimeout(hearing)
    asked.value = null
  }

  watch(
    () => machine()?.checks,
    (round) => {
      if (asked.value === null || !round) return
      clearTimeout(hearing)
      if (round.running) return
      settle()
      if (fresh.value.size === 0) announce(`Checked. ${passed.value} of ${total.value} passed.`)
    },
    { flush: 'post' },
  )
  watch(live, (reachable) => {
    if (!reachable) settle()
    else trouble.value = ''
  })

  watch(items, (now, before) => {
    const news = newlyPassed(before, now)
    if (news.length === 0) return
    fresh.value = new Set(news.map(({ name }) => name))
    justFinished.value = passed.value === total.value
    const titles = news.map(({ title }) => title).join(', ')
    announce(
      justFinished.value
        ? `All ${total.value} checks passed.`
        : `Passed: ${titles}. ${passed.value} of ${total.value}.`,
    )
    clearTimeout(fading)
    fading = setTimeout(() => {
      fresh.value = new Set()
      justFinished.value = false
    }, FRESH_MS)
  })

  onScopeDispose(() => {
    clearTimeout(hearing)
    clearTimeout(fading)
  })

  return {
    items,
    passed,
    total,
    live,
    asked,
    trouble,
    fresh,
    justFinished,
    busy: computed(() => asked.value !== null || running.value),
    ask,
  }
}

export type Checking = ReturnType<typeof useChecks>

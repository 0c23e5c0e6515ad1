/** The trainee's word on who may see the terminal: kept by the API, obeyed by the machine. */
import { computed, ref, watch } from 'vue'

import { messageOf } from '@/api/errors'
import type { Environment } from '@/api/types'
import type { Viewing, ViewingMode } from '@/terminal/protocol'

import { sentence } from './failures'
import { useViewingAnswer } from './useEnvironments'
import { viewingMoment, type ViewingMoment } from './viewing'

/** The machine as far as watching is concerned. */
export interface WatchedMachine {
  viewing: Viewing | null
  allowViewing(mode: ViewingMode): void
}

export function useViewing(environment: () => Environment, machine: () => WatchedMachine | null) {
  const answer = useViewingAnswer()
  /** Told to the machine, and not confirmed by it yet. */
  const wish = ref<ViewingMode | null>(null)
  const failure = ref('')

  const moment = computed<ViewingMoment>(() => {
    const found = viewingMoment(environment().viewing, machine()?.viewing ?? null)
    return found.kind === 'asked' && wish.value !== null ? { kind: 'nothing' } : found
  })

  watch(
    () => machine()?.viewing?.mode,
    (mode) => {
      if (mode === wish.value) wish.value = null
    },
  )

  function tell(mode: ViewingMode) {
    wish.value = machine()?.viewing?.mode === mode ? null : mode
    machine()?.allowViewing(mode)
  }

  async function write(said: 'allowed' | 'refused'): Promise<boolean> {
    failure.value = ''
    try {
      await answer.mutateAsync({ id: environment().id, answer: said })
      return true
    } catch (error) {
      failure.value = sentence(messageOf(error))
      return false
    }
  }

  /** Consent is written down before it takes effect. */
  async function allow(mode: Exclude<ViewingMode, 'off'>) {
    if (environment().viewing?.answer === 'allowed' || (await write('allowed'))) tell(mode)
  }

  /** A refusal takes effect before anything else. */
  async function refuse() {
    tell('off')
    await write('refused')
  }

  return {
    moment,
    failure,
    busy: computed(() => answer.isPending.value || wish.value !== null),
    allow,
    refuse,
  }
}

export type Watching = ReturnType<typeof useViewing>

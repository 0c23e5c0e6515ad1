/** One action from the question what would happen to the last person's result. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import type { RoomActionKind } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'
import { randomId } from '@/terminal/clientId'

import { MINUTES, TEXT_LIMIT } from './orders'
import { again, answered, failedMembers, pieces, pieceSize, run, type Order, type Piece } from './runAction'

export type OrderPhase = 'needs' | 'previewing' | 'previewed' | 'running' | 'over'

/** The rest of a key press or two, so that a number being typed is not asked about digit by digit. */
const SETTLE_MS = 350

export interface OrderNeeds {
  lab: string | null
  minutes: number
  text: string
}

/** The order as the API takes it; null while something is missing. */
export function orderOf(action: RoomActionKind, { lab, minutes, text }: OrderNeeds): Order | null {
  const where = lab === null ? {} : { lab }
  switch (action) {
    case 'start':
      return lab === null ? null : { action, lab }
    case 'extend':
      return Number.isInteger(minutes) && minutes >= MINUTES.least && minutes <= MINUTES.most
        ? { action, minutes, ...where }
        : null
    case 'message': {
      const said = text.trim()
      return said !== '' && said.length <= TEXT_LIMIT ? { action, text: said } : null
    }
    default:
      return { action, ...where }
  }
}

export function useOrder(
  classId: () => string,
  action: () => RoomActionKind,
  members: readonly string[],
  needs: () => OrderNeeds,
) {
  const api = usePortalApi()
  const phase = ref<OrderPhase>('needs')
  const preview = shallowRef<readonly Piece[]>([])
  const results = shallowRef<readonly Piece[]>([])
  const order = computed(() => orderOf(action(), needs()))
  const act = (body: Parameters<typeof api.act>[1]) => api.act(classId(), body)
  const gone = new AbortController()
  let asked = new AbortController()
  let settling: ReturnType<typeof setTimeout> | undefined

  async function ask() {
    asked.abort()
    asked = new AbortController()
    const { signal } = asked
    const wanted = order.value
    if (!wanted) return
    phase.value = 'previewing'
    const found = await run(act, wanted, pieces(`preview-${randomId()}`, members), { preview: true, signal })
    if (signal.aborted) return
    preview.value = found
    phase.value = 'previewed'
  }

  /** Runs what has no result yet; the order is the one that was previewed. */
  async function execute(planned: readonly Piece[]) {
    const wanted = order.value
    if (!wanted || phase.value === 'running') return
    phase.value = 'running'
    results.value = planned
    results.value = await run(act, wanted, planned, {
      signal: gone.signal,
      progress: (sofar) => (results.value = sofar),
    })
    phase.value = 'over'
  }

  watch(
    () => JSON.stringify(order.value),
    () => {
      if (phase.value === 'running' || phase.value === 'over') return
      clearTimeout(settling)
      asked.abort()
      preview.value = []
      phase.value = order.value ? 'previewing' : 'needs'
      if (order.value) settling = setTimeout(() => void ask(), SETTLE_MS)
    },
  )
  if (order.value) void ask()

  onScopeDispose(() => {
    clearTimeout(settling)
    asked.abort()
    gone.abort()
  })

  return {
    phase,
    preview,
    results,
    ask,
    confirm: () => execute(pieces(randomId(), members, pieceSize(action()))),
    retry: () => execute(again(results.value, randomId())),
    answered: computed(() => answered(results.value)),
    failed: computed(() => (phase.value === 'over' ? failedMembers(results.value) : [])),
  }
}

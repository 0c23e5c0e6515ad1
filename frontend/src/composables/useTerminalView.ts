/** Asking a trainee to let their terminal be seen, and what came of it. */
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import type { TerminalView } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'
import { ApiError } from '@/api/errors'

import { jittered } from './pollDelay'

const WHILE_ASKED_MS = 2_000

/**
 * Milliseconds until the next question, or false for none: an answer stands until somebody asks anew, and a trainee who
 * said no is not asked again by a clock. What is taken back later the terminal itself says.
 */
export function viewDelay(view: TerminalView | undefined, error: unknown): number | false {
  if (error instanceof ApiError && error.status < 500 && error.status !== 429) return false
  return view === undefined || view.state === 'asked' ? jittered(WHILE_ASKED_MS) : false
}

/** Each question is the request itself, so it is made while the page is open, and by nothing else. */
export function useTerminalView(classId: MaybeRefOrGetter<string>, environment: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => ['class', toValue(classId), 'view', toValue(environment)]),
    queryFn: () => api.viewTerminal(toValue(classId), toValue(environment)),
    refetchInterval: ({ state }) => viewDelay(state.data, state.error),
    refetchOnWindowFocus: false,
    staleTime: 0,
    gcTime: 0,
  })
}

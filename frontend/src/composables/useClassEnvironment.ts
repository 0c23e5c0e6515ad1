/** One environment of the class as its instructor sees it: whose it is, what it cost, who helped. */
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePortalApi } from '@/api/client'

import { awaitsProof, ENDED, jittered } from './pollDelay'

const WHILE_CHANGING_MS = 2_000
const WHILE_RUNNING_MS = 5_000
const UNTIL_PROVEN_MS = 15_000

export function useClassEnvironment(classId: MaybeRefOrGetter<string>, id: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => ['class', toValue(classId), 'environment', toValue(id)]),
    queryFn: () => api.classEnvironment(toValue(classId), toValue(id)),
    refetchInterval({ state }) {
      const environment = state.data?.environment
      if (!environment) return false
      if (awaitsProof(environment)) return jittered(UNTIL_PROVEN_MS)
      if (ENDED.has(environment.status)) return false
      const settled = environment.status === 'ready' && environment.wanted === 'running'
      return jittered(settled ? WHILE_RUNNING_MS : WHILE_CHANGING_MS)
    },
  })
}

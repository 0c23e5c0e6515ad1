/** Server data about labs and environments: the queries, and the two things a trainee can ask for. */
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePortalApi } from '@/api/client'
import type { Environment, Lab } from '@/api/types'
import { useConnectionStore } from '@/stores/connection'

import { awaitsProof, ENDED, jittered, PollPace } from './pollDelay'

const LIST_CHANGING_MS = 5_000
const LIST_SETTLED_MS = 30_000

const keys = {
  labs: ['labs'] as const,
  environments: ['environments'] as const,
  environment: (id: string) => ['environment', id] as const,
  guide: (id: string) => ['guide', id] as const,
}

/** `follow` for a page that shows how the labs' machines come and go; a page about one of them asks about that one. */
export function useLabs({ follow }: { follow: boolean }) {
  const api = usePortalApi()
  return useQuery({
    queryKey: keys.labs,
    queryFn: () => api.labs(),
    refetchInterval: ({ state }) => {
      const changing = follow && state.data?.some(({ environment }) => environment && isOnItsWay(environment))
      return jittered(changing ? LIST_CHANGING_MS : LIST_SETTLED_MS)
    },
  })
}

export function usePastEnvironments() {
  const api = usePortalApi()
  return useQuery({
    queryKey: keys.environments,
    queryFn: () => api.environments(),
    refetchInterval: ({ state }) => (state.data?.some(awaitsProof) ? jittered(LIST_SETTLED_MS) : false),
  })
}

export function useEnvironment(id: MaybeRefOrGetter<string | null>) {
  const api = usePortalApi()
  const connection = useConnectionStore()
  const pace = new PollPace()
  return useQuery({
    queryKey: computed(() => keys.environment(toValue(id) ?? '')),
    queryFn: ({ queryKey }) => api.environment(queryKey[1]),
    enabled: computed(() => toValue(id) !== null),
    refetchInterval: ({ state }) =>
      state.data
        ? pace.next(state.data, state.dataUpdateCount + state.errorUpdateCount, {
            now: Date.now() + connection.skew,
          })
        : false,
  })
}

export function useGuide(environment: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => keys.guide(toValue(environment))),
    queryFn: ({ queryKey }) => api.guide(queryKey[1]),
    staleTime: Infinity,
  })
}

export function useStartLab() {
  const api = usePortalApi()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (lab: string) => api.start(lab),
    onSuccess: (environment) => remember(cache, environment),
  })
}

export function useStopEnvironment() {
  const api = usePortalApi()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.stop(id),
    onSuccess: (environment) => remember(cache, environment),
  })
}

/** The answer of a write is the newest truth about the environment; a list asked for earlier must not overwrite it. */
async function remember(cache: QueryClient, environment: Environment) {
  await cache.cancelQueries({ queryKey: keys.labs })
  cache.setQueryData(keys.environment(environment.id), environment)
  cache.setQueryData<readonly Lab[]>(keys.labs, (labs) =>
    labs?.map((lab) => (lab.slug === environment.lab.slug ? { ...lab, environment } : lab)),
  )
  void cache.invalidateQueries({ queryKey: keys.labs })
  void cache.invalidateQueries({ queryKey: keys.environments })
}

function isOnItsWay({ status, wanted }: Environment): boolean {
  return !ENDED.has(status) && (status !== 'ready' || wanted === 'gone')
}

/** Server data about labs and environments: the queries, and what a trainee can ask for. */
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePortalApi, type PortalApi } from '@/api/client'
import type { Environment, Lab, LabList, ViewingAnswer } from '@/api/types'
import { useConnectionStore } from '@/stores/connection'

import { nextTurn } from './classWindow'
import { awaitsProof, ENDED, jittered, PollPace } from './pollDelay'

const LIST_CHANGING_MS = 5_000
const LIST_SETTLED_MS = 30_000
/** After the class opens or closes, a room of people asks again within this time rather than at once. */
const TURN_SPREAD_MS = 3_000

const keys = {
  labs: ['labs'] as const,
  environments: ['environments'] as const,
  environment: (id: string) => ['environment', id] as const,
  guide: (id: string) => ['guide', id] as const,
}

/** `follow` for a page that shows how the labs' machines come and go; a page about one of them asks about that one. */
export function useLabs({ follow }: { follow: boolean }) {
  const api = usePortalApi()
  const connection = useConnectionStore()
  return useQuery({
    queryKey: keys.labs,
    queryFn: () => api.labs(),
    refetchInterval: ({ state: { data } }) => {
      const changing = follow && data?.labs.some(({ environment }) => environment && isOnItsWay(environment))
      const usual = jittered(changing ? LIST_CHANGING_MS : LIST_SETTLED_MS)
      const turn = data ? nextTurn(data.class, data.labs, Date.now() + connection.skew) : null
      return turn === null ? usual : Math.min(usual, turn + Math.random() * TURN_SPREAD_MS)
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

export const useStartLab = () => useEnvironmentWrite((api, lab: string) => api.start(lab))

export const useStopEnvironment = () => useEnvironmentWrite((api, id: string) => api.stop(id))

/** `press` is unique to one press of the button: sent twice it counts once. */
export const useExtend = () =>
  useEnvironmentWrite((api, { id, press }: { id: string; press: string }) => api.extend(id, press))

export const useHand = () =>
  useEnvironmentWrite((api, { id, ...hand }: { id: string; raised: boolean; note?: string }) =>
    api.raiseHand(id, hand),
  )

export const useViewingAnswer = () =>
  useEnvironmentWrite((api, { id, answer }: { id: string; answer: ViewingAnswer }) =>
    api.answerViewing(id, answer),
  )

function useEnvironmentWrite<Asked>(write: (api: PortalApi, asked: Asked) => Promise<Environment>) {
  const api = usePortalApi()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (asked: Asked) => write(api, asked),
    onSuccess: (environment) => remember(cache, environment),
  })
}

/** The answer of a write is the newest truth about the environment; a list asked for earlier must not overwrite it. */
async function remember(cache: QueryClient, environment: Environment) {
  const withNewest = (lab: Lab) => (lab.slug === environment.lab.slug ? { ...lab, environment } : lab)
  await cache.cancelQueries({ queryKey: keys.labs })
  await cache.cancelQueries({ queryKey: keys.environment(environment.id) })
  cache.setQueryData(keys.environment(environment.id), environment)
  cache.setQueryData<LabList>(keys.labs, (list) => list && { ...list, labs: list.labs.map(withNewest) })
  void cache.invalidateQueries({ queryKey: keys.labs })
  void cache.invalidateQueries({ queryKey: keys.environments })
}

function isOnItsWay({ status, wanted }: Environment): boolean {
  return !ENDED.has(status) && (status !== 'ready' || wanted === 'gone')
}

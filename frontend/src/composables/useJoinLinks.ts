/** Join links of a class. A link's address is told once; this page remembers it until it is closed, and nothing else does. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue'

import type { JoinLink } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'

import { jittered } from './pollDelay'
import { classKeys } from './useClass'

const addresses = shallowReactive(new Map<string, string>())

export type LinkState = 'usable' | 'revoked' | 'expired' | 'full'

export function linkState(link: JoinLink, now: number): LinkState {
  if (link.revoked_at) return 'revoked'
  if (Date.parse(link.expires_at) <= now) return 'expired'
  return link.used >= link.seats ? 'full' : 'usable'
}

const LOOK_EVERY_MS = 5_000

/** Asked for, and again every few seconds, only while somebody looks: seats are taken meanwhile. */
export function useJoinLinks(classId: MaybeRefOrGetter<string>, looking: MaybeRefOrGetter<boolean>) {
  const api = usePortalApi()
  const cache = useQueryClient()
  const id = () => toValue(classId)
  const lookAgain = () => cache.invalidateQueries({ queryKey: classKeys.links(id()) })

  return {
    addresses,
    query: useQuery({
      queryKey: computed(() => classKeys.links(id())),
      queryFn: () => api.joinLinks(id()),
      enabled: computed(() => toValue(looking)),
      refetchInterval: () => jittered(LOOK_EVERY_MS),
    }),
    create: useMutation({
      mutationFn: (link: { expires_at: string; seats: number }) => api.createJoinLink(id(), link),
      onSuccess: (link) => {
        addresses.set(link.id, link.url)
        return lookAgain()
      },
    }),
    revoke: useMutation({
      mutationFn: (link: string) => api.revokeJoinLink(id(), link),
      onSuccess: lookAgain,
    }),
  }
}

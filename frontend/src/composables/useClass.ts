/** One class as it was read, with the mark that edits of it present. Pages of the class share one copy. */
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePortalApi } from '@/api/client'

export const classKeys = {
  all: ['classes'] as const,
  one: (id: string) => ['class', id] as const,
  labs: (id: string) => ['class', id, 'labs'] as const,
  lab: (id: string, lab: string) => ['class', id, 'labs', lab] as const,
  people: (id: string) => ['class', id, 'people'] as const,
  links: (id: string) => ['class', id, 'join-links'] as const,
}

export function useClass(id: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => classKeys.one(toValue(id))),
    queryFn: ({ queryKey }) => api.class(queryKey[1]),
  })
}

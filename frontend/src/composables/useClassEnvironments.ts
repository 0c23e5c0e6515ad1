/** Everybody's environments of one's class, page after page, as an instructor sees them. */
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

import { usePortalApi } from '@/api/client'
import { useSessionStore } from '@/stores/session'

export function useClassEnvironments() {
  const api = usePortalApi()
  const session = useSessionStore()
  const classId = computed(() => session.session?.class.id ?? '')
  const query = useInfiniteQuery({
    queryKey: computed(() => ['class-environments', classId.value]),
    queryFn: ({ pageParam }) => api.classEnvironments(classId.value, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    enabled: computed(() => classId.value !== ''),
  })
  const rows = computed(() => query.data.value?.pages.flatMap((page) => page.environments))
  return { ...query, rows }
}

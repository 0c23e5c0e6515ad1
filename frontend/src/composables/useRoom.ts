/** The room's picture, asked for every two seconds while the page is looked at. */
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import type { Room, Versioned } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'

import { jittered } from './pollDelay'

export const ROOM_EVERY_MS = 2_000
const LONGEST_MS = 20_000

/** Milliseconds until the next question: every failure in a row doubles it, up to 20 s. */
export function roomDelay(failures: number, random: () => number = Math.random): number {
  if (failures === 0) return ROOM_EVERY_MS
  return jittered(Math.min(LONGEST_MS, ROOM_EVERY_MS * 2 ** Math.min(failures, 8)), random)
}

/**
 * Where the API fails, the last picture stays. People who did not change stay the same objects from picture to picture,
 * by which the page knows what need not be drawn again.
 */
export function useRoom(classId: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  let failures = 0
  let known: { classId: string; answer: Versioned<Room> } | null = null

  const query = useQuery({
    queryKey: computed(() => ['class', toValue(classId), 'room']),
    async queryFn(): Promise<Room> {
      const id = toValue(classId)
      try {
        const answer = await api.room(id, known?.classId === id ? known.answer : null)
        known = { classId: id, answer }
        failures = 0
        return answer.value
      } catch (error) {
        failures += 1
        throw error
      }
    },
    refetchInterval: () => roomDelay(failures),
    // A picture of a minute ago is better than none while the next one comes, so it is kept for the way back.
    gcTime: 60_000,
    staleTime: 0,
    shallow: true,
  })

  return {
    room: query.data,
    error: query.error,
    isFetching: query.isFetching,
    /** When the picture that is shown was last confirmed, on this device's clock; 0 before there is one. */
    seenAt: query.dataUpdatedAt,
    refresh: query.refetch,
  }
}

/** How this device likes to see the room: kept here, since it says nothing about anybody. */
import { reactive, watch } from 'vue'

import type { SortKey } from '@/components/room/arrange'

export interface RoomSettings {
  layout: 'tiles' | 'rows'
  hideNames: boolean
  sort: SortKey
  descending: boolean
}

const KEY = 'brihaspati.room'
const SORTS: readonly SortKey[] = ['hand', 'name', 'state', 'time-left', 'progress']

export function loadRoomSettings(storage: Pick<Storage, 'getItem'> = localStorage): RoomSettings {
  let stored: Partial<Record<keyof RoomSettings, unknown>> = {}
  try {
    stored = (JSON.parse(storage.getItem(KEY) ?? '{}') ?? {}) as typeof stored
  } catch {
    // Whatever it is, it is not ours.
  }
  return {
    layout: stored.layout === 'rows' ? 'rows' : 'tiles',
    hideNames: stored.hideNames === true,
    sort: SORTS.find((sort) => sort === stored.sort) ?? 'hand',
    descending: stored.descending === true,
  }
}

export function useRoomSettings(): RoomSettings {
  const settings = reactive(loadRoomSettings())
  watch(settings, (now) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(now))
    } catch {
      // A full storage costs the memory, not the page.
    }
  })
  return settings
}

/** Messages from the instructor: which this tab has not read yet, and which few of them are shown. */
import { computed, ref } from 'vue'

import type { Message } from '@/api/types'

const KEY = 'brihaspati.messages.read'
/** Ids kept; far more than a class day brings. */
const KEPT = 300
/** Shown at a time where there is room; the others wait behind a count. */
const SHOWN = 3

function load(storage: Pick<Storage, 'getItem'> = sessionStorage): readonly string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

export function useMessages(
  messages: () => readonly Message[] | null | undefined,
  most: () => number = () => SHOWN,
) {
  const read = ref(load())

  const all = computed(() => [...(messages() ?? [])].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)))
  const unread = computed(() => all.value.filter(({ id }) => !read.value.includes(id)))

  function markRead(...ids: string[]) {
    read.value = [...new Set([...read.value, ...ids])].slice(-KEPT)
    sessionStorage.setItem(KEY, JSON.stringify(read.value))
  }

  return {
    /** Newest first. */
    all,
    unread,
    shown: computed(() => unread.value.slice(0, most())),
    waiting: computed(() => Math.max(0, unread.value.length - most())),
    dismiss: (id: string) => markRead(id),
    dismissAll: () => markRead(...unread.value.map(({ id }) => id)),
  }
}

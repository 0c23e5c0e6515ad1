/** Who is signed in. The cookie is the truth and scripts cannot read it, so this store only repeats what the API said. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { usePortalApi } from '@/api/client'
import { UnreachableError } from '@/api/errors'
import type { Login, Session } from '@/api/types'

type State = 'unknown' | 'unreachable' | 'signed-out' | 'signed-in'

export const useSessionStore = defineStore('session', () => {
  const api = usePortalApi()
  const session = ref<Session | null>(null)
  const state = ref<State>('unknown')

  function remember(found: Session | null) {
    session.value = found
    state.value = found ? 'signed-in' : 'signed-out'
  }

  /** Asks the API who is signed in, unless that is known already. Never throws. */
  async function restore(): Promise<State> {
    if (state.value === 'unknown' || state.value === 'unreachable') {
      try {
        remember(await api.session())
      } catch (error) {
        state.value = error instanceof UnreachableError ? 'unreachable' : 'signed-out'
      }
    }
    return state.value
  }

  async function signIn(login: Login): Promise<void> {
    remember(await api.signIn(login))
  }

  async function signOut(): Promise<void> {
    await api.signOut()
    remember(null)
  }

  return {
    session,
    state,
    isInstructor: computed(() => session.value?.member.role === 'instructor'),
    isSignedIn: computed(() => state.value === 'signed-in'),
    restore,
    signIn,
    signOut,
    forget: () => remember(null),
  }
})

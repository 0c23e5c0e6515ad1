/** Who is signed in. The cookie is the truth and scripts cannot read it, so this store only repeats what the API said. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { usePortalApi } from '@/api/client'
import { UnreachableError } from '@/api/errors'
import type { Joining, Login, Redemption, Session } from '@/api/types'

const personOf = (session: Session) => (session.kind === 'trainee' ? session.member : session.instructor)

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

  async function redeem(redemption: Redemption): Promise<void> {
    remember(await api.redeem(redemption))
  }

  async function join(joining: Joining): Promise<void> {
    remember(await api.join(joining))
  }

  async function signOut(): Promise<void> {
    await api.signOut()
    remember(null)
  }

  return {
    session,
    state,
    /** The trainee who is signed in, with the class; null for everybody else. */
    trainee: computed(() => (session.value?.kind === 'trainee' ? session.value : null)),
    instructor: computed(() => (session.value?.kind === 'instructor' ? session.value : null)),
    isSignedIn: computed(() => state.value === 'signed-in'),
    displayName: computed(() => session.value && personOf(session.value).display_name),
    restore,
    signIn,
    redeem,
    join,
    signOut,
    forget: () => remember(null),
  }
})

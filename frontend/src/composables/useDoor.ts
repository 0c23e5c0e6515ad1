/** What the forms that let somebody in have in common: one attempt at a time, complaints at their fields, and waits. */
import { readonly, ref, shallowRef } from 'vue'

import { ApiError, messageOf } from '@/api/errors'

import { sentence } from './failures'
import { useWait } from './useWait'

/** Where the API does not say how long; its own window of guesses is five minutes. */
const USUAL_WAIT_SECS = 60

const WORDINGS: Record<string, string> = {
  suspended:
    'Your instructor has paused your access to this class. Ask them: only they can let you in again.',
}

/** Complaints by field. */
export type Complaints = Partial<Record<string, string>>

export function useDoor() {
  const busy = ref(false)
  const failure = ref('')
  const refused = shallowRef<Complaints>({})
  /** Counts the complaints, so that the form can lead to the first of them. */
  const stumbles = ref(0)
  const wait = useWait()

  /** Complaints that need no question to the API; false when there are any. */
  function mayAsk(complaints: Complaints): boolean {
    refused.value = complaints
    if (Object.keys(complaints).length === 0) return true
    stumbles.value += 1
    return false
  }

  /** Tries once. Answers the error that stood in the way, or null when nothing did. */
  async function attempt(ask: () => Promise<unknown>): Promise<unknown> {
    if (busy.value || wait.seconds.value > 0) return new Error('not now')
    busy.value = true
    failure.value = ''
    try {
      await ask()
      return null
    } catch (error) {
      explain(error)
      return error
    } finally {
      busy.value = false
    }
  }

  function explain(error: unknown) {
    if (error instanceof ApiError && error.status === 429)
      return wait.begin(error.retryAfter ?? USUAL_WAIT_SECS)
    if (error instanceof ApiError) mayAsk(error.fields)
    const known = error instanceof ApiError ? WORDINGS[error.code] : undefined
    failure.value = known ?? sentence(messageOf(error))
  }

  function clear(field: string) {
    refused.value = { ...refused.value, [field]: undefined }
  }

  return {
    busy,
    failure,
    refused: readonly(refused),
    stumbles,
    seconds: wait.seconds,
    mayAsk,
    attempt,
    clear,
  }
}

export type Door = ReturnType<typeof useDoor>

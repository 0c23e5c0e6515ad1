/** Time that a trainee may add to an environment, a press at a time. */
import { computed, ref } from 'vue'

import { messageOf, UnreachableError } from '@/api/errors'
import type { Environment } from '@/api/types'
import { randomId } from '@/terminal/clientId'

import { sentence } from './failures'
import { useExtend } from './useEnvironments'

export function useExtending(environment: () => Environment) {
  const write = useExtend()
  const failure = ref('')
  /** A press whose answer was lost may have counted: pressing again repeats it, and adds nothing twice. */
  let press: string | null = null

  const offer = computed(() => {
    const { extension } = environment()
    if (!extension || extension.left_minutes <= 0) return null
    return { adds: Math.min(extension.minutes, extension.left_minutes), left: extension.left_minutes }
  })

  async function extend() {
    if (write.isPending.value) return
    failure.value = ''
    press ??= randomId()
    try {
      await write.mutateAsync({ id: environment().id, press })
      press = null
    } catch (error) {
      if (!(error instanceof UnreachableError)) press = null
      failure.value = sentence(messageOf(error))
    }
  }

  return { offer, failure, busy: write.isPending, extend }
}

export type Extending = ReturnType<typeof useExtending>

/** The clouds as an instructor sees them. Trainees never ask. */
import { useQuery } from '@tanstack/vue-query'

import { usePortalApi } from '@/api/client'
import type { Rest } from '@/api/types'

import { jittered } from './pollDelay'

const EVERY_MS = 15_000

/** Asked again every 15 seconds while the page is looked at. */
export function useProviders() {
  const api = usePortalApi()
  return useQuery({
    queryKey: ['providers'],
    queryFn: () => api.providers(),
    refetchInterval: () => jittered(EVERY_MS),
  })
}

export interface RestWording {
  why: string
  advice: string
}

/** Every reason has its own words; a new one does not compile until it has too. */
export const RESTS: Record<Rest['reason'], RestWording> = {
  unavailable: {
    why: 'does not answer, or answers with errors',
    advice:
      'There is nothing to do: it is asked again by itself, and starts go elsewhere where the lab allows it.',
  },
  unauthorized: {
    why: "refuses the installation's token",
    advice: 'The operator has to give the installation a new token. Until then nothing starts there.',
  },
  'account-limit': {
    why: 'has reached the limit of its account',
    advice: 'Stop machines that nobody needs, or have the operator ask the provider for a higher limit.',
  },
  'no-capacity': {
    why: 'has no free machine there now',
    advice:
      'There is nothing to do: it is asked again by itself, and starts go elsewhere where the lab allows it.',
  },
  'not-offered': {
    why: 'does not offer the machine that was asked for',
    advice: 'Give the labs a size, an image and a region that the provider offers.',
  },
}

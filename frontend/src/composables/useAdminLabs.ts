/** The labs of one class as its instructors have them, and what is done to them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import type { AdminLab, LabSettings, LabUpload } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'
import { inOrder, moved } from '@/classroom/labOrder'

import { classKeys } from './useClass'

type Id = MaybeRefOrGetter<string>

export function useAdminLabs(classId: Id) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => classKeys.labs(toValue(classId))),
    queryFn: async () => inOrder(await api.adminLabs(toValue(classId))),
  })
}

export function useAdminLab(classId: Id, lab: Id) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => classKeys.lab(toValue(classId), toValue(lab))),
    queryFn: async () => (await api.adminLab(toValue(classId), toValue(lab))).value,
  })
}

/** The mark of a lab as the list told it. */
const markOf = ({ revision }: AdminLab) => `"${revision}"`

export function useLabWrites(classId: Id) {
  const api = usePortalApi()
  const cache = useQueryClient()
  const id = () => toValue(classId)
  /** One lab's page lies under the list's key and is looked at anew with it. */
  const lookAgain = () => cache.invalidateQueries({ queryKey: classKeys.labs(id()) })

  const edit = (lab: AdminLab, changes: Partial<LabSettings>) => {
    const { position, hidden, starts_per_trainee = null } = lab
    const settings = { position, hidden, starts_per_trainee, ...changes }
    return api.editLab(id(), lab.slug, settings, markOf(lab))
  }

  return {
    edit: useMutation({
      mutationFn: ({ lab, changes }: { lab: AdminLab; changes: Partial<LabSettings> }) => edit(lab, changes),
      onSettled: lookAgain,
    }),
    /** Shown at once, written lab by lab; where a write is refused, the stored order comes back. */
    reorder: useMutation({
      mutationFn: async ({ labs, from, to }: { labs: readonly AdminLab[]; from: number; to: number }) => {
        const ordered = moved(labs, from, to)
        cache.setQueryData(classKeys.labs(id()), ordered)
        for (const [position, lab] of ordered.entries())
          if (lab.position !== position) await edit(lab, { position })
      },
      onSettled: lookAgain,
    }),
    validate: useMutation({
      mutationFn: ({ lab, upload }: { lab: string; upload: LabUpload }) => api.validateLab(id(), lab, upload),
    }),
    push: useMutation({
      mutationFn: ({ lab, upload }: { lab: string; upload: LabUpload }) => api.pushLab(id(), lab, upload),
      onSuccess: lookAgain,
    }),
    makeCurrent: useMutation({
      mutationFn: ({ lab, version }: { lab: string; version: string }) => api.makeCurrent(id(), lab, version),
      onSettled: lookAgain,
    }),
    remove: useMutation({
      mutationFn: (lab: string) => api.deleteLab(id(), lab),
      onSuccess: lookAgain,
    }),
  }
}

/** The classes of an instructor, and what is done to a whole class. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'

import type { Class, ClassSettings, NewClass, Versioned } from '@/api/adminTypes'
import { usePortalApi } from '@/api/client'
import { ApiError } from '@/api/errors'

import { classKeys } from './useClass'

export function useClasses() {
  const api = usePortalApi()
  return useQuery({ queryKey: classKeys.all, queryFn: () => api.classes() })
}

const FORBIDDEN = 403

/** Everybody who may teach, where the API tells; nobody where it keeps that to the operator. */
export function useInstructors() {
  const api = usePortalApi()
  return useQuery({
    queryKey: ['instructors'],
    queryFn: async () => {
      try {
        return await api.instructors()
      } catch (error) {
        if (error instanceof ApiError && error.status === FORBIDDEN) return []
        throw error
      }
    },
    staleTime: Infinity,
  })
}

export interface Edit<T> {
  id: string
  value: T
  etag: string
}

export function useClassWrites() {
  const api = usePortalApi()
  const cache = useQueryClient()

  /** What a write answers is the newest truth; the list of all follows when it is looked at. */
  function remember(changed: Versioned<Class>) {
    cache.setQueryData(classKeys.one(changed.value.id), changed)
    void cache.invalidateQueries({ queryKey: classKeys.all, exact: true })
  }

  const listAnew = () => cache.invalidateQueries({ queryKey: classKeys.all, exact: true })

  return {
    create: useMutation({
      mutationFn: (settings: NewClass) => api.createClass(settings),
      onSuccess: listAnew,
    }),
    edit: useMutation({
      mutationFn: ({ id, value, etag }: Edit<ClassSettings>) => api.editClass(id, value, etag),
      onSuccess: remember,
    }),
    archive: useMutation({
      mutationFn: ({ id, value, etag }: Edit<boolean>) => api.archiveClass(id, value, etag),
      onSuccess: remember,
    }),
    copy: useMutation({
      mutationFn: ({ id, ...copy }: { id: string; code: string; title: string }) => api.copyClass(id, copy),
      onSuccess: listAnew,
    }),
    remove: useMutation({
      mutationFn: (id: string) => api.deleteClass(id),
      onSuccess: (receipt) => {
        cache.removeQueries({ queryKey: classKeys.one(receipt.class_id) })
        cache.setQueryData(['class-deletion', receipt.class_id], receipt)
        void listAnew()
      },
    }),
  }
}

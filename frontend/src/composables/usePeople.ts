/** The people of one class: all of them at once, as a table searches and sorts them, and what is done to one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import type { NewPerson, Person, PersonEdit, RosterMode } from '@/api/adminTypes'
import { usePortalApi, type PortalApi } from '@/api/client'

import { classKeys } from './useClass'

/** A class has at most 1,000 seats and a page 500 people; more pages would be a fault of the cursor. */
const MOST_PAGES = 10

async function everybody(api: PortalApi, classId: string): Promise<Person[]> {
  const people: Person[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { members, next_cursor } = await api.people(classId, cursor)
    people.push(...members)
    cursor = next_cursor ?? null
    if (cursor === null) break
  }
  return people
}

export function usePeople(classId: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  return useQuery({
    queryKey: computed(() => classKeys.people(toValue(classId))),
    queryFn: () => everybody(api, toValue(classId)),
  })
}

/** The mark of a person as the list told it: the list has a revision where a single record has an ETag. */
export const markOf = ({ revision }: Person) => `"${revision}"`

export function usePeopleWrites(classId: MaybeRefOrGetter<string>) {
  const api = usePortalApi()
  const cache = useQueryClient()
  const id = () => toValue(classId)
  /** The class itself tells how many of its seats are taken. */
  const lookAgain = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: classKeys.people(id()) }),
      cache.invalidateQueries({ queryKey: classKeys.one(id()), exact: true }),
    ])

  return {
    add: useMutation({
      mutationFn: (person: NewPerson) => api.addPerson(id(), person),
      onSuccess: lookAgain,
    }),
    edit: useMutation({
      mutationFn: ({ person, edit }: { person: Person; edit: PersonEdit }) =>
        api.editPerson(id(), person.id, edit, markOf(person)),
      onSettled: lookAgain,
    }),
    reset: useMutation({
      mutationFn: (person: Person) => api.resetPerson(id(), person.id),
      onSuccess: lookAgain,
    }),
    remove: useMutation({
      mutationFn: (person: Person) => api.deletePerson(id(), person.id),
      onSuccess: lookAgain,
    }),
    importRoster: useMutation({
      mutationFn: ({ mode, csv }: { mode: RosterMode; csv: Blob }) => api.importRoster(id(), mode, csv),
      onSuccess: ({ imported }) => (imported ? lookAgain() : undefined),
    }),
  }
}

/** From the API's picture to the faces on the page: who is shown, in which order, under which name. */
import { computed, reactive, shallowRef, watch, type Ref } from 'vue'

import type { Room } from '@/api/adminTypes'
import type { RoomSettings } from '@/composables/useRoomSettings'

import { arrange, countStates, type NameOf } from './arrange'
import { FaceBook } from './faces'
import { SeatNumbers } from './pseudonyms'
import { SeatMap } from './seats'
import type { SeatState } from './states'

export function useRoomPicture(
  classId: () => string,
  room: Readonly<Ref<Room | undefined>>,
  now: Readonly<Ref<number>>,
  settings: RoomSettings,
) {
  const filters = reactive({ search: '', lab: null as string | null, handsOnly: false })
  const states = shallowRef<ReadonlySet<SeatState>>(new Set())

  const numbers = computed(() => new SeatNumbers(classId()))
  const map = new SeatMap()
  const book = new FaceBook()

  const seats = computed(() => {
    if (!room.value) return []
    // Numbers are given here so that nobody is ever drawn without one; giving them twice changes nothing.
    numbers.value.assign(room.value.people.map(({ id }) => id))
    return map.seats(room.value, filters.lab)
  })
  const byId = computed(() => new Map(seats.value.map((seat) => [seat.id, seat])))

  const nameOf = computed<NameOf>(() => {
    const book = numbers.value
    return settings.hideNames ? (seat) => book.of(seat.id) : (seat) => seat.person.display_name
  })
  /** By the member's id, for whoever only knows that. */
  function nameOfMember(id: string): string {
    const seat = byId.value.get(id)
    if (settings.hideNames) return numbers.value.of(id)
    return seat ? seat.person.display_name : 'no longer a member'
  }

  const shown = computed(() =>
    arrange(
      seats.value,
      { ...filters, states: states.value, sort: settings.sort, descending: settings.descending },
      nameOf.value,
      !settings.hideNames,
    ),
  )
  /** What somebody searched for under a name must not stay on a projected page. */
  watch(
    () => settings.hideNames,
    () => (filters.search = ''),
  )

  return {
    filters,
    states,
    seats,
    byId,
    nameOf,
    nameOfMember,
    shown,
    shownIds: computed(() => shown.value.map(({ id }) => id)),
    faces: computed(() => book.faces(shown.value, nameOf.value, now.value)),
    counts: computed(() => countStates(seats.value)),
    showEverybody() {
      Object.assign(filters, { search: '', lab: null, handsOnly: false })
      states.value = new Set()
    },
  }
}

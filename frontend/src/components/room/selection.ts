/** Who is chosen: by checkbox, a range with Shift, or everybody who is shown. */
import { computed, shallowRef } from 'vue'

export function useSelection(shown: () => readonly string[]) {
  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  let anchor: string | null = null

  /** With `range` everybody between the last one touched and this one gets what this one gets. */
  function toggle(id: string, range = false) {
    const next = new Set(chosen.value)
    const on = !next.has(id)
    for (const each of range ? between(shown(), anchor, id) : [id]) {
      if (on) next.add(each)
      else next.delete(each)
    }
    anchor = id
    chosen.value = next
  }

  function chooseShown() {
    chosen.value = new Set([...chosen.value, ...shown()])
  }

  function clear() {
    chosen.value = new Set()
    anchor = null
  }

  /** Whoever left the class can't stay chosen. */
  function keepOnly(ids: ReadonlySet<string>) {
    const kept = [...chosen.value].filter((id) => ids.has(id))
    if (kept.length < chosen.value.size) chosen.value = new Set(kept)
  }

  const shownChosen = computed(() => shown().filter((id) => chosen.value.has(id)).length)
  return {
    chosen,
    toggle,
    chooseShown,
    clear,
    keepOnly,
    allShownChosen: computed(() => shown().length > 0 && shownChosen.value === shown().length),
    someShownChosen: computed(() => shownChosen.value > 0),
  }
}

function between(shown: readonly string[], anchor: string | null, id: string): readonly string[] {
  const from = anchor === null ? -1 : shown.indexOf(anchor)
  const to = shown.indexOf(id)
  if (from === -1 || to === -1) return [id]
  return shown.slice(Math.min(from, to), Math.max(from, to) + 1)
}

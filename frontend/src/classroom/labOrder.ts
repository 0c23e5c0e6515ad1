/** The order in which a class's labs are listed. */
import type { AdminLab } from '@/api/adminTypes'

/** As the API lists them: by position, those of the same position by name. */
export function inOrder(labs: readonly AdminLab[]): AdminLab[] {
  return labs.toSorted((one, other) => one.position - other.position || one.slug.localeCompare(other.slug))
}

/** The lab at `from` taken out and put in at `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from)
  const item = list[from]
  return item === undefined ? [...list] : rest.toSpliced(to, 0, item)
}

/** A version is a digest; its beginning tells it apart. */
export const shortVersion = (version: string) => version.slice(0, 8)

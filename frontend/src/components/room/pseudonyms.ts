/**
 * Seat numbers for the projector. A number is given once and kept for the class on this device, so that "Seat 07" is
 * the same person after a reload and when others join or leave. Nothing but opaque ids is stored.
 */
type Book = Pick<Storage, 'getItem' | 'setItem'>

const KEY = 'brihaspati.seats.'
const DIGITS = 2

export class SeatNumbers {
  private readonly numbers = new Map<string, number>()

  constructor(
    private readonly classId: string,
    private readonly book: Book = localStorage,
  ) {
    for (const id of this.load()) this.numbers.set(id, this.numbers.size + 1)
  }

  /** Gives numbers to those who have none yet, in the order of their ids, which says nothing about their names. */
  assign(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.numbers.has(id)).sort()
    if (fresh.length === 0) return
    for (const id of fresh) this.numbers.set(id, this.numbers.size + 1)
    try {
      this.book.setItem(KEY + this.classId, JSON.stringify([...this.numbers.keys()]))
    } catch {
      // A full or forbidden storage costs stability over reloads, not the page.
    }
  }

  of(id: string): string {
    const number = this.numbers.get(id)
    return number === undefined ? 'Seat' : `Seat ${String(number).padStart(DIGITS, '0')}`
  }

  private load(): string[] {
    try {
      const stored: unknown = JSON.parse(this.book.getItem(KEY + this.classId) ?? '[]')
      return Array.isArray(stored) ? [...new Set(stored.filter((id) => typeof id === 'string'))] : []
    } catch {
      return []
    }
  }
}

/**
 * What was typed and has not yet reached the shell. Numbers are given only once the machine has said which it knows
 * of, so input typed before the first welcome can't collide with numbers used before a reload.
 */

/** Characters kept while they wait; more is refused rather than typed in surprise minutes later. */
export const LEDGER_LIMIT = 256 * 1024
/** Characters in one message: well below any frame limit, and large enough for every ordinary paste. */
export const CHUNK = 4 * 1024

export interface NumberedInput {
  seq: number
  data: string
}

export class InputLedger {
  private unnumbered: string[] = []
  private unacknowledged: NumberedInput[] = []
  private last: number | null = null
  private held = 0

  /** Takes input in; false, and nothing is taken, when too much is waiting already. */
  add(data: string): boolean {
    if (this.held + data.length > LEDGER_LIMIT) return false
    this.held += data.length
    this.unnumbered.push(...chunks(data))
    return true
  }

  /** The machine's word on what reached the shell, at the start of a connection. Returns what must be sent (again). */
  resumeFrom(applied: number): NumberedInput[] {
    this.last = Math.max(this.last ?? 0, applied)
    this.acknowledge(applied)
    const again = [...this.unacknowledged]
    return [...again, ...this.takeFresh()]
  }

  /** Numbers what was added since; empty before the first `resumeFrom`. */
  takeFresh(): NumberedInput[] {
    let last = this.last
    if (last === null) return []
    const fresh = this.unnumbered.map((data) => ({ seq: (last = (last ?? 0) + 1), data }))
    this.last = last
    this.unnumbered = []
    this.unacknowledged.push(...fresh)
    return fresh
  }

  acknowledge(seq: number): void {
    const kept = this.unacknowledged.filter((input) => input.seq > seq)
    for (const input of this.unacknowledged) if (input.seq <= seq) this.held -= input.data.length
    this.unacknowledged = kept
  }

  /** Drops what has not reached the shell; the numbering goes on. */
  forget(): void {
    this.unnumbered = []
    this.unacknowledged = []
    this.held = 0
  }

  get waiting(): number {
    return this.unnumbered.length + this.unacknowledged.length
  }
}

/** Cuts at `CHUNK` characters, never through a surrogate pair. */
function chunks(data: string): string[] {
  const parts: string[] = []
  for (let start = 0; start < data.length;) {
    let end = Math.min(start + CHUNK, data.length)
    if (end < data.length && isHighSurrogate(data.charCodeAt(end - 1))) end -= 1
    parts.push(data.slice(start, end))
    start = end
  }
  return parts
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

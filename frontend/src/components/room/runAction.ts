/**
 * One action on many people: in pieces the API takes, each under an id of its own, so that a piece whose answer was
 * lost is simply asked for again. Nothing here knows the page.
 */
import { UnreachableError } from '@/api/errors'
import type { RoomAction, RoomActionOutcome } from '@/api/adminTypes'

/** The most members one call takes. */
export const CHUNK = 100
/** Machines are changed for so many at a time: soon answered, and the bar moves on. A message is one for all it can be. */
const MACHINES_AT_ONCE = 25
/** How often a piece whose answer was lost is asked for again before a person has to decide. */
const REPEATS = 2
const REPEAT_MS = 600
/** A restart is asked about until the old machine is gone: every 2.5 s, for 5 min at most. */
const GO_ON_MS = 2_500
const MOST_ROUNDS = 120

export type RoomActionResult = RoomActionOutcome['results'][number]
/** What is wanted, without whom and under which id. */
export type Order = Omit<RoomAction, 'id' | 'members' | 'preview'>

export interface Piece {
  id: string
  members: readonly string[]
  /** Null until the API has answered. */
  results: readonly RoomActionResult[] | null
  /** Why there is no answer; null while it is awaited or once it is there. */
  error: unknown
}

export type Act = (action: RoomAction) => Promise<RoomActionOutcome>

export function pieceSize(action: Order['action']): number {
  return action === 'message' ? CHUNK : MACHINES_AT_ONCE
}

export function pieces(id: string, members: readonly string[], size = CHUNK): Piece[] {
  const unique = [...new Set(members)]
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) => ({
    id: `${id}-${index + 1}`,
    members: unique.slice(index * size, (index + 1) * size),
    results: null,
    error: null,
  }))
}

export interface RunOptions {
  /** Asks what would happen, and changes nothing. */
  preview?: boolean
  progress?: (pieces: readonly Piece[]) => void
  signal?: AbortSignal
  pause?: (milliseconds: number) => Promise<void>
}

/**
 * Runs what has no answer yet, one piece after another, and goes on with what is unfinished until it is done or has
 * taken too long. Never throws: a piece that failed keeps its error, and running again asks for it under the same id.
 */
export async function run(
  act: Act,
  order: Order,
  planned: readonly Piece[],
  options: RunOptions = {},
): Promise<Piece[]> {
  const done = [...planned]
  const { preview = false, pause = wait, signal } = options
  for (let round = 0; round <= MOST_ROUNDS && !signal?.aborted; round += 1) {
    const due = [...done.keys()].filter((index) => isDue(done[index], round))
    if (due.length === 0) break
    if (round > 0) await pause(GO_ON_MS)
    for (const index of due) {
      const piece = done[index]
      if (!piece || signal?.aborted) continue
      done[index] = await runPiece(act, { ...order, preview }, piece, options)
      options.progress?.([...done])
    }
  }
  return done
}

/** At first whatever is unanswered; later on only what has to be asked again to go on. */
function isDue(piece: Piece | undefined, round: number): boolean {
  if (!piece) return false
  return piece.results ? isUnfinished(piece) : round === 0
}

function isUnfinished({ results }: Piece): boolean {
  return results?.some(({ outcome }) => outcome === 'stopping') ?? false
}

async function runPiece(
  act: Act,
  order: Order & { preview: boolean },
  piece: Piece,
  { pause = wait, signal }: RunOptions,
): Promise<Piece> {
  const action: RoomAction = { ...order, id: piece.id, members: [...piece.members] }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { results } = await act(action)
      return { ...piece, results, error: null }
    } catch (error) {
      if (!(error instanceof UnreachableError) || attempt > REPEATS || signal?.aborted)
        return piece.results ? piece : { ...piece, error }
      await pause(attempt * REPEAT_MS)
    }
  }
}

const UNSUCCESSFUL: ReadonlySet<RoomActionResult['outcome']> = new Set(['refused', 'stopping'])

/** Everybody to whom it did not happen: refused, unfinished, or in a piece without an answer. */
export function failedMembers(run: readonly Piece[]): string[] {
  const members = run.flatMap((piece) =>
    piece.results
      ? piece.results.filter(({ outcome }) => UNSUCCESSFUL.has(outcome)).map(({ member }) => member)
      : piece.error
        ? piece.members
        : [],
  )
  return [...new Set(members)]
}

/** The pieces to run after a failure: unanswered and unfinished ones as they are, the refused anew under new ids. */
export function again(run: readonly Piece[], freshId: string): Piece[] {
  const refused: string[] = []
  const kept = run.flatMap((piece): Piece[] => {
    if (!piece.results) return [{ ...piece, error: null }]
    if (isUnfinished(piece)) return [piece]
    const results = piece.results.filter(({ outcome }) => outcome !== 'refused')
    refused.push(...piece.results.filter(({ outcome }) => outcome === 'refused').map(({ member }) => member))
    return results.length > 0 ? [{ ...piece, members: results.map(({ member }) => member), results }] : []
  })
  return [...kept, ...pieces(freshId, refused)]
}

/** How many people have their final result. */
export function answered(run: readonly Piece[]): number {
  return run.reduce((sum, { results, members }) => {
    const unfinished = new Set(
      results?.filter(({ outcome }) => outcome === 'stopping').map(({ member }) => member),
    )
    return results ? sum + members.length - unfinished.size : sum
  }, 0)
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds * (0.85 + Math.random() * 0.3)))
}

import { setTimeout } from 'node:timers/promises'

/** Asks again and again until there is an answer; an answer that never comes is an error that says what was awaited. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  withinMs: number,
): Promise<Answer> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await setTimeout(25)
  }
}

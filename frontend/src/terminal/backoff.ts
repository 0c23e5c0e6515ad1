/** How long to wait before the n-th reconnect (from 0): 0.3 s doubling to 10 s, the upper half of it by chance. */
export const FIRST_DELAY_MS = 300
export const LONGEST_DELAY_MS = 10_000

export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16))
  return Math.max(FIRST_DELAY_MS, ceiling / 2 + (random() * ceiling) / 2)
}

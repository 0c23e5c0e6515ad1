/** Money is kept in whole micro-US-dollars and read and typed in dollars. */
const MICRO = 1_000_000

const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const CENTS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })

/** "$12.50"; what is below a cent keeps its digits: "$0.0075". */
export function dollars(micro: number | null | undefined): string {
  if (micro == null) return '–'
  const small = micro !== 0 && Math.abs(micro) < MICRO / 100
  return (small ? CENTS : DOLLARS).format(micro / MICRO)
}

/** As a field shows it: "12.5", empty for no amount. */
export function dollarField(micro: number | null | undefined): string {
  return micro == null ? '' : String(micro / MICRO)
}

/** What was typed, to the cent; null for nothing, NaN for what is no amount. A comma is as good as a point. */
export function microOf(field: string): number | null {
  const text = field
    .trim()
    .replace(/^\$\s*/, '')
    .replace(',', '.')
  if (text === '') return null
  return /^\d{1,7}(\.\d{0,2})?$/.test(text) ? Math.round(Number(text) * MICRO) : Number.NaN
}

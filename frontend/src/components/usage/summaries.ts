/** Usage seen by lab and by person. */
import type { UsageRow } from '@/api/adminTypes'

export interface UsageSum {
  key: string
  label: string
  starts: number
  failures: number
  minutes: number
  /** Null where the price of some part is not known: a sum without it would be too low. */
  costMicroUsd: number | null
}

export type Metric = 'minutes' | 'cost'

export function byLab(rows: readonly UsageRow[]): UsageSum[] {
  return summed(rows, ({ lab }) => ({ key: lab.slug, label: lab.title }))
}

export function byPerson(rows: readonly UsageRow[]): UsageSum[] {
  return summed(rows, ({ member }) => ({ key: member.id, label: member.display_name }))
}

function summed(
  rows: readonly UsageRow[],
  groupOf: (row: UsageRow) => { key: string; label: string },
): UsageSum[] {
  const groups = new Map<string, UsageSum>()
  for (const row of rows) {
    const { key, label } = groupOf(row)
    const sum = groups.get(key) ?? { key, label, starts: 0, failures: 0, minutes: 0, costMicroUsd: 0 }
    groups.set(key, {
      ...sum,
      starts: sum.starts + row.starts,
      failures: sum.failures + row.failures,
      minutes: sum.minutes + row.minutes,
      costMicroUsd:
        sum.costMicroUsd === null || row.cost_micro_usd == null
          ? null
          : sum.costMicroUsd + row.cost_micro_usd,
    })
  }
  return [...groups.values()]
}

/** The largest first, at most `most` of them. */
export function largest(sums: readonly UsageSum[], metric: Metric, most: number): UsageSum[] {
  const amount = ({ minutes, costMicroUsd }: UsageSum) =>
    metric === 'minutes' ? minutes : (costMicroUsd ?? 0)
  return [...sums].sort((a, b) => amount(b) - amount(a)).slice(0, most)
}

/** "34 min", "2 h 5 min". */
export function machineTime(minutes: number): string {
  const whole = Math.round(minutes)
  if (whole < 60) return `${whole} min`
  return `${Math.floor(whole / 60)} h ${whole % 60} min`
}

/** For an axis: "40 min", "2.5 h", "83 h". */
export function roughMachineTime(minutes: number): string {
  if (minutes < 120) return `${Math.round(minutes)} min`
  const hours = minutes / 60
  return `${hours < 10 ? Math.round(hours * 10) / 10 : Math.round(hours)} h`
}

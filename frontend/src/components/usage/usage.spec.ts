import { describe, expect, it, vi } from 'vitest'

import type { ClassReceiptPage, UsageRow } from '@/api/adminTypes'

import { EndlessExportError, everyReceipt } from './receiptsExport'
import { byLab, byPerson, largest, machineTime } from './summaries'

function row(who: string, lab: string, minutes: number, cost: number | null): UsageRow {
  return {
    member: { id: who, name: who, display_name: who.toUpperCase() },
    lab: { slug: lab, title: lab },
    starts: 2,
    failures: 1,
    minutes,
    cost_micro_usd: cost,
    checks_passed: 0,
    checks_total: 0,
    last_at: null,
  }
}
const rows = [row('ada', 'git', 30, 100), row('lin', 'git', 45, 50), row('ada', 'api', 20, null)]

describe('sums of usage', () => {
  it('are made by lab and by person, and a cost that is not known is not taken for nothing', () => {
    expect(
      byLab(rows).map(({ key, minutes, costMicroUsd, starts }) => [key, minutes, costMicroUsd, starts]),
    ).toEqual([
      ['git', 75, 150, 4],
      ['api', 20, null, 2],
    ])
    expect(byPerson(rows).map(({ label, costMicroUsd }) => [label, costMicroUsd])).toEqual([
      ['ADA', null],
      ['LIN', 50],
    ])
  })

  it('are shown with the largest first', () => {
    expect(largest(byPerson(rows), 'minutes', 1).map(({ key }) => key)).toEqual(['ada'])
    expect(largest(byPerson(rows), 'cost', 1).map(({ key }) => key)).toEqual(['lin'])
    expect([machineTime(59), machineTime(125)]).toEqual(['59 min', '2 h 5 min'])
  })
})

describe('the export of receipts', () => {
  const page = (id: string, next_cursor: string | null): ClassReceiptPage => ({
    receipts: [
      {
        environment: id,
        member: null,
        lab: { slug: 'git', title: 'git' },
        status: 'gone',
        requested_at: '',
        receipt: null,
        trace_id: '',
      },
    ],
    next_cursor,
  })

  it('follows the cursor to the end', async () => {
    const ask = vi.fn(async (cursor: string | null) =>
      cursor === null ? page('env_1', 'b') : page('env_2', null),
    )
    expect((await everyReceipt(ask)).map(({ environment }) => environment)).toEqual(['env_1', 'env_2'])
    expect(ask.mock.calls).toEqual([[null], ['b']])
  })

  it('gives up on a cursor that leads nowhere', async () => {
    await expect(everyReceipt(async () => page('env_1', 'same'))).rejects.toThrow(EndlessExportError)
  })
})

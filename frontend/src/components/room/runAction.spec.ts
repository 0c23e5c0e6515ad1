import { describe, expect, it, vi } from 'vitest'

import type { RoomAction } from '@/api/adminTypes'
import { ApiError, problemFrom, UnreachableError } from '@/api/errors'

import { groupOutcomes, happening } from './outcomes'
import { again, answered, failedMembers, pieces, run, type RoomActionResult } from './runAction'

const members = (count: number) => Array.from({ length: count }, (_, index) => `mem_${index}`)
const say = (outcome: RoomActionResult['outcome']) => (action: RoomAction) => ({
  action: action.action,
  preview: action.preview === true,
  results: (action.members ?? []).map((member) => ({ member, environment: null, outcome, reason: null })),
})
const stop = { action: 'stop' } as const
const pause = async () => undefined

describe('an action on many people', () => {
  it('goes out in pieces of a hundred, each under an id of its own, nobody twice', async () => {
    const act = vi.fn(async (action: RoomAction) => say('done')(action))
    const done = await run(act, stop, pieces('order', [...members(250), 'mem_0']), { pause })
    expect(act.mock.calls.map(([action]) => [action.id, action.members?.length])).toEqual([
      ['order-1', 100],
      ['order-2', 100],
      ['order-3', 50],
    ])
    expect(answered(done)).toBe(250)
    expect(failedMembers(done)).toEqual([])
  })

  it('asks again under the same id where the answer was lost', async () => {
    const act = vi
      .fn(async (action: RoomAction) => say('done')(action))
      .mockRejectedValueOnce(new UnreachableError())
    await run(act, stop, pieces('order', members(1)), { pause })
    expect(act.mock.calls.map(([action]) => action.id)).toEqual(['order-1', 'order-1'])
  })

  it('goes on after a piece that failed, and repeats that one and the refused', async () => {
    const refusal = new ApiError(problemFrom(500, null))
    const act = vi
      .fn(async (action: RoomAction) => say(action.id === 'order-2' ? 'refused' : 'done')(action))
      .mockRejectedValueOnce(refusal)
    const first = await run(act, stop, pieces('order', members(201)), { pause })
    expect(failedMembers(first)).toHaveLength(200)
    const second = again(first, 'anew')
    expect(second.map(({ id, members, results }) => [id, members.length, results !== null])).toEqual([
      ['order-1', 100, false],
      ['order-3', 1, true],
      ['anew-1', 100, false],
    ])
    expect(failedMembers(await run(act, stop, second, { pause }))).toEqual([])
  })

  it('repeats a restart under the same id until the old machines are gone', async () => {
    let rounds = 0
    const act = vi.fn(async (action: RoomAction) => say((rounds += 1) < 4 ? 'stopping' : 'done')(action))
    const done = await run(act, { action: 'restart' }, pieces('order', members(2)), { pause })
    expect(act.mock.calls.map(([action]) => action.id)).toEqual(Array(4).fill('order-1'))
    expect(failedMembers(done)).toEqual([])
  })

  it('ends a restart that does not end, and can go on with it under the same id', async () => {
    const act = vi.fn(async (action: RoomAction) => say('stopping')(action))
    const done = await run(act, { action: 'restart' }, pieces('order', members(1)), { pause })
    expect(failedMembers(done)).toEqual(['mem_0'])
    expect(again(done, 'anew').map(({ id }) => id)).toEqual(['order-1'])
  })
})

describe('the outcome', () => {
  it('is told in groups by what became of it and why, what needs a decision first', async () => {
    const act = async ({ action, members = [] }: RoomAction) => ({
      action,
      preview: true,
      results: members.map((member, index) =>
        index === 0
          ? { member, outcome: 'refused' as const, reason: 'is suspended' }
          : { member, outcome: 'would-do' as const, reason: null },
      ),
    })
    const found = await run(act, stop, pieces('preview', members(3)), { preview: true, pause })
    expect(groupOutcomes(found).map(({ kind, reason, members }) => [kind, reason, members.length])).toEqual([
      ['refused', 'is suspended', 1],
      ['happens', '', 2],
    ])
    expect(happening(found)).toBe(2)
  })
})

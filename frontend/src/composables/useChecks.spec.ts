import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, type EffectScope } from 'vue'

import type { CheckItem, CheckRound } from '@/terminal/protocol'

import { FRESH_MS, HEARD_MS, useChecks, type CheckingMachine } from './useChecks'

const item = (name: string, passed: boolean | null): CheckItem => ({
  name,
  title: `Do ${name}`,
  passed,
  message: null,
  checkedAt: passed === null ? null : 1_763_730_000,
})

let scope: EffectScope | undefined

function arrange(checks: CheckRound | null = { running: false, items: [item('1', false), item('2', true)] }) {
  const check = vi.fn<(name?: string) => boolean>(() => true)
  const machine: CheckingMachine = reactive({ state: 'live', checks, check })
  const announce = vi.fn()
  scope = effectScope()
  const checking = scope.run(() =>
    useChecks(
      () => [],
      () => machine,
      announce,
    ),
  )
  if (!checking) throw new Error('the scope was stopped')
  const says = async (running: boolean, ...items: CheckItem[]) => {
    machine.checks = { running, items }
    await nextTick()
  }
  return { machine, check, checking, announce, says }
}

describe('checking my work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    scope?.stop()
    vi.useRealTimers()
  })

  it('asks the machine for all or for one, and waits until it is done', async () => {
    const { checking, check, says, announce } = arrange()
    checking.ask('1')
    expect(check).toHaveBeenCalledWith('1')
    expect(checking.busy.value).toBe(true)
    await says(true, item('1', false), item('2', true))
    expect(checking.busy.value).toBe(true)
    await says(false, item('1', false), item('2', true))
    expect(checking.busy.value).toBe(false)
    expect(announce).toHaveBeenCalledWith('Checked. 1 of 2 passed.')
  })

  it('marks what has just passed, says so, and lets it fade', async () => {
    const { checking, says, announce } = arrange({
      running: false,
      items: [item('1', false), item('2', null)],
    })
    await says(false, item('1', true), item('2', null))
    expect([...checking.fresh.value]).toEqual(['1'])
    expect(announce).toHaveBeenCalledWith('Passed: Do 1. 1 of 2.')
    expect(checking.justFinished.value).toBe(false)
    vi.advanceTimersByTime(FRESH_MS)
    expect(checking.fresh.value.size).toBe(0)
  })

  it('celebrates once all have passed', async () => {
    const { checking, says, announce } = arrange()
    await says(false, item('1', true), item('2', true))
    expect(checking.justFinished.value).toBe(true)
    expect(announce).toHaveBeenCalledWith('All 2 checks passed.')
  })

  it('celebrates nothing that had passed before the page was opened', async () => {
    const { checking, says } = arrange(null)
    await says(false, item('1', true), item('2', true))
    expect(checking.fresh.value.size).toBe(0)
  })

  it('says so when the machine does not answer, or cannot be asked', async () => {
    const { checking, check } = arrange()
    checking.ask()
    vi.advanceTimersByTime(HEARD_MS)
    expect(checking.busy.value).toBe(false)
    expect(checking.trouble.value).toContain('did not answer')
    check.mockReturnValue(false)
    checking.ask()
    expect(checking.trouble.value).toContain('cannot be reached')
  })

  it('does not wait for a machine that it lost', async () => {
    const { checking, machine, says } = arrange()
    checking.ask()
    await says(true, item('1', false), item('2', true))
    machine.state = 'reconnecting'
    await nextTick()
    expect(checking.busy.value).toBe(false)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'

import type { Message } from '@/api/types'

import { useMessages } from './useMessages'

const message = (id: number): Message => ({
  id: `msg_${id}`,
  at: new Date(Date.parse('2026-11-21T10:00:00Z') + id * 60_000).toISOString(),
  from: 'Grace',
  text: `Number ${id}`,
  personal: false,
})
const five = [1, 2, 3, 4, 5].map(message)

describe('messages', () => {
  beforeEach(() => sessionStorage.clear())

  it('are shown newest first and never more than three at a time', () => {
    const { shown, waiting } = useMessages(() => five)
    expect(shown.value.map(({ text }) => text)).toEqual(['Number 5', 'Number 4', 'Number 3'])
    expect(waiting.value).toBe(2)
  })

  it('make room for the next when one is dismissed, and stay in the list', () => {
    const { shown, all, dismiss } = useMessages(() => five)
    dismiss('msg_5')
    expect(shown.value.map(({ id }) => id)).toEqual(['msg_4', 'msg_3', 'msg_2'])
    expect(all.value).toHaveLength(5)
  })

  it('stay read in this tab after a reload', () => {
    useMessages(() => five).dismissAll()
    expect(useMessages(() => five).unread.value).toEqual([])
    expect(useMessages(() => [...five, message(6)]).unread.value).toHaveLength(1)
  })

  it('are all unread when what was kept makes no sense', () => {
    sessionStorage.setItem('brihaspati.messages.read', '{"a":')
    expect(useMessages(() => five).unread.value).toHaveLength(5)
  })
})

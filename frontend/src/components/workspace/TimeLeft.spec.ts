import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { useAnnouncer } from '@/composables/useAnnouncer'
import { createPortalVuetify } from '@/plugins/vuetify'

import TimeLeft from './TimeLeft.vue'

describe('the time left', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-21T10:00:00Z') }))
  afterEach(() => void vi.useRealTimers())

  it('turns into a warning five minutes before the end, and says so', async () => {
    const clock = mount(TimeLeft, {
      props: { expiresAt: '2026-11-21T10:05:02Z' },
      global: { plugins: [createPinia(), createPortalVuetify()] },
    })
    expect(clock.text()).toBe('5:02')
    expect(clock.attributes('data-short')).toBe('false')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(clock.text()).toBe('4:59')
    expect(clock.attributes('data-short')).toBe('true')
    expect(useAnnouncer().message.value).toContain('5 minutes left')
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect(clock.text()).toBe('0:00')
  })
})

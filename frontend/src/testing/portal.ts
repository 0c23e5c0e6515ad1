/** Arranges a page as it runs in the portal, over an API that a test scripts. Only for specs. */
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { vi } from 'vitest'
import { defineComponent, h, type Component } from 'vue'
import { createMemoryHistory, RouterView } from 'vue-router'
import { VApp } from 'vuetify/components/VApp'

import { portalApiKey, type PortalApi } from '@/api/client'
import type {
  Environment,
  InstructorSession,
  Lab,
  LabList,
  Provider,
  Receipt,
  Stage,
  TraineeSession,
} from '@/api/types'
import { createPortalVuetify } from '@/plugins/vuetify'
import { createPortalRouter } from '@/router'

export const session: TraineeSession = {
  kind: 'trainee',
  member: { id: 'mem_1', name: 'ada', display_name: 'Ada' },
  class: {
    id: 'cls_1',
    code: 'DEVSEC-7',
    title: 'DevSecOps',
    time_zone: 'Europe/Berlin',
    opens_at: null,
    closes_at: null,
  },
  expires_at: '2026-11-21T18:00:00Z',
}

export const instructor: InstructorSession = {
  kind: 'instructor',
  instructor: { id: 'ins_1', name: 'grace', display_name: 'Grace', disabled: false },
  expires_at: '2026-11-21T18:00:00Z',
}

/** What a trainee's page of labs is answered. */
export function labList(labs: Lab[] = [lab()], changes: Partial<LabList> = {}): LabList {
  return { class: session.class, labs, messages: [], ...changes }
}

export function lab(changes: Partial<Lab> = {}): Lab {
  return {
    slug: 'secrets-in-git',
    title: 'Secrets in git history',
    summary: 'Find the token.',
    minutes: 45,
    play: { allowed: true, code: null, reason: null, opens_at: null },
    environment: null,
    ...changes,
  }
}

export function environment(changes: Partial<Environment> = {}): Environment {
  return {
    id: 'env_1',
    lab: { slug: 'secrets-in-git', title: 'Secrets in git history' },
    status: 'requested',
    wanted: 'running',
    requested_at: '2026-11-21T10:00:00Z',
    expires_at: null,
    timeline: timeline('requested'),
    placement: null,
    attempt: 1,
    access: null,
    failure: null,
    receipt: null,
    trace_id: 'a'.repeat(32),
    checks: { every_minutes: null, total: 0, passed: 0, items: [] },
    hand: null,
    viewing: null,
    extension: null,
    messages: [],
    idle_minutes: null,
    ...changes,
  }
}

export function receipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    reason: 'stopped',
    completed_at: '2026-11-21T10:30:00Z',
    resources: [
      {
        kind: 'machine',
        provider: 'linode',
        id: '4711',
        label: 'env-1-1',
        region: 'eu-west',
        created_at: '2026-11-21T10:00:00Z',
        delete_requested_at: '2026-11-21T10:29:58Z',
        verified_absent_at: '2026-11-21T10:30:00Z',
        evidence: 'the provider answered 404',
      },
    ],
    keys: [
      { name: 'access secret', removed_at: '2026-11-21T10:30:00Z' },
      { name: 'machine token', removed_at: '2026-11-21T10:30:00Z' },
    ],
    ...changes,
  }
}

export function provider(changes: Partial<Provider> = {}): Provider {
  return {
    provider: 'linode',
    resting: null,
    waiting: 0,
    p50_seconds: 38,
    p90_seconds: 65,
    samples: 20,
    ...changes,
  }
}

/** Stages two seconds apart, from 10:00:00 on. */
export function timeline(...stages: Stage[]): Environment['timeline'] {
  return stages.map((stage, index) => ({
    stage,
    at: new Date(Date.parse('2026-11-21T10:00:00Z') + index * 2_000).toISOString(),
    detail: null,
  }))
}

/** An API where everything a test did not script fails loudly. */
export function scriptedApi(script: Partial<PortalApi> = {}): PortalApi {
  const known: Partial<PortalApi> = { session: async () => session, health: async () => undefined, ...script }
  return new Proxy(known as PortalApi, {
    get: (api, name) =>
      Reflect.get(api, name) ?? (() => Promise.reject(new Error(`the test did not script ${String(name)}`))),
  })
}

export async function openPage(
  path: string,
  api: PortalApi,
  stubs: Record<string, Component | boolean> = {},
) {
  vi.stubGlobal('visualViewport', undefined)
  const router = createPortalRouter(createMemoryHistory())
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const Page = defineComponent({ setup: () => () => h(VApp, () => h(RouterView)) })
  const pinia = createPinia()
  const page = mount(Page, {
    attachTo: document.body,
    global: {
      plugins: [pinia, [VueQueryPlugin, { queryClient: queries }], createPortalVuetify(), router],
      provide: { [portalApiKey as symbol]: api },
      stubs,
    },
  })
  await router.push(path)
  await router.isReady()
  await settle()
  return { page, router, queries, close: () => (queries.clear(), page.unmount()) }
}

/** Until lazy views are there and promises have run their course. */
export async function settle() {
  await vi.dynamicImportSettled()
  await flushPromises()
  await flushPromises()
}

export const byTestid = (name: string) => `[data-testid="${name}"]`

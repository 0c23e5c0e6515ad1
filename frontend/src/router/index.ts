/** Who may open which page, and where everybody else is sent. The pages themselves stand in `routes.ts`. */
import { createRouter, createWebHistory, type Router, type RouterHistory } from 'vue-router'

import { useSessionStore } from '@/stores/session'

import { routes, type Audience, type RouteName } from './routes'

export type { Audience, RouteName } from './routes'

/** A location by name, checked: `to('workspace', { lab })`. */
export function to(name: RouteName, params: Record<string, string> = {}) {
  return { name, params }
}

/** Where everybody starts. */
export const HOMES = { trainee: '/labs', instructor: '/classes' } as const

export type Kind = keyof typeof HOMES

/** Where to go after signing in: a path of this portal, never another site. */
export function returnPath(wanted: unknown, kind: Kind = 'trainee'): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : HOMES[kind]
}

/** The door of an audience: where its people sign in. */
export function doorOf(audience: Audience): RouteName {
  return audience === 'instructor' ? 'teach' : 'sign-in'
}

export function createPortalRouter(history: RouterHistory = createWebHistory()): Router {
  const router = createRouter({
    history,
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
  router.beforeEach(async (target) => {
    const session = useSessionStore()
    const state = await session.restore()
    const kind = session.session?.kind
    const { audience } = target.meta

    if (audience !== 'everybody') {
      if (state === 'signed-out') return { name: doorOf(audience), query: { return: target.fullPath } }
      if (kind && kind !== audience) return HOMES[kind]
      return true
    }
    // A door stays usable for the other audience, and a class link while signed in to another class.
    if (kind && target.name === 'sign-in') return returnPath(target.query.return, kind)
    if (kind === 'instructor' && target.name === 'teach') return returnPath(target.query.return, kind)
    return true
  })
  router.afterEach((target) => {
    document.title = `${target.meta.title} · Brihaspati`
  })
  return router
}

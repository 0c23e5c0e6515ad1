/** The portal's pages. Route names are a closed union, so a link to a page that does not exist does not compile. */
import { createRouter, createWebHistory, type Router, type RouterHistory } from 'vue-router'

import { useSessionStore } from '@/stores/session'

export type RouteName =
  | 'sign-in'
  | 'sign-in-with-code'
  | 'labs'
  | 'workspace'
  | 'environments'
  | 'environment'
  | 'class-environments'
  | 'not-found'

interface PortalRoute {
  path: string
  name: RouteName
  component: () => Promise<unknown>
  props?: boolean
  meta: { title: string; needsSession: boolean; fullHeight?: boolean }
}

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    needsSession: boolean
    /** The page fills the window and scrolls inside its panes. */
    fullHeight?: boolean
  }
}

const routes = [
  {
    path: '/',
    name: 'sign-in',
    component: () => import('@/views/SignInView.vue'),
    meta: { title: 'Sign in', needsSession: false },
  },
  {
    path: '/c/:code',
    name: 'sign-in-with-code',
    component: () => import('@/views/SignInView.vue'),
    props: true,
    meta: { title: 'Sign in', needsSession: false },
  },
  {
    path: '/labs',
    name: 'labs',
    component: () => import('@/views/LabsView.vue'),
    meta: { title: 'Labs', needsSession: true },
  },
  {
    path: '/labs/:lab',
    name: 'workspace',
    component: () => import('@/views/WorkspaceView.vue'),
    props: true,
    meta: { title: 'Workspace', needsSession: true, fullHeight: true },
  },
  {
    path: '/environments',
    name: 'environments',
    component: () => import('@/views/EnvironmentsView.vue'),
    meta: { title: 'Past environments', needsSession: true },
  },
  {
    path: '/environments/:id',
    name: 'environment',
    component: () => import('@/views/EnvironmentView.vue'),
    props: true,
    meta: { title: 'Environment', needsSession: true },
  },
  {
    path: '/class/environments',
    name: 'class-environments',
    component: () => import('@/views/ClassEnvironmentsView.vue'),
    meta: { title: 'The class', needsSession: true },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('@/views/NotFoundView.vue'),
    meta: { title: 'Not found', needsSession: false },
  },
] satisfies PortalRoute[]

/** A location by name, checked: `to('workspace', { lab })`. */
export function to(name: RouteName, params: Record<string, string> = {}) {
  return { name, params }
}

/** Where to go after signing in: a path of this portal, never another site. */
export function returnPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/labs'
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
    const isSignIn = target.name === 'sign-in' || target.name === 'sign-in-with-code'
    // A class link stays usable while signed in to another class: only the plain page is skipped.
    if (target.name === 'sign-in' && state === 'signed-in') return returnPath(target.query.return)
    if (!isSignIn && target.meta.needsSession && state === 'signed-out') {
      return { name: 'sign-in', query: { return: target.fullPath } }
    }
    return true
  })

  router.afterEach((target) => {
    document.title = `${target.meta.title} · Brihaspati`
  })

  return router
}

/** The portal's pages and their addresses. Route names are a closed union, so a link to a page that does not exist does not compile. */
import type { RouteRecordRaw } from 'vue-router'

export type RouteName =
  | 'sign-in'
  | 'sign-in-with-code'
  | 'join'
  | 'redeem'
  | 'teach'
  | 'labs'
  | 'workspace'
  | 'environments'
  | 'environment'
  | 'classes'
  | 'new-class'
  | 'class-deletion'
  | 'class'
  | 'room'
  | 'people'
  | 'class-labs'
  | 'class-lab'
  | 'class-settings'
  | 'class-environment'
  | 'class-usage'
  | 'class-events'
  | 'watch-terminal'
  | 'not-found'

/** Whose page it is. Somebody of the other audience is sent to a home of their own. */
export type Audience = 'everybody' | 'trainee' | 'instructor'

interface PortalMeta {
  title: string
  audience: Audience
  /** The page fills the window and scrolls inside its panes. */
  fullHeight?: boolean
  /** The page uses the whole width of the window. */
  wide?: boolean
}

declare module 'vue-router' {
  interface RouteMeta extends PortalMeta {
    title: string
  }
}

type PortalRoute = RouteRecordRaw & { name: RouteName; meta: PortalMeta }

const classPages = [
  {
    path: 'room',
    name: 'room',
    component: () => import('@/views/classroom/RoomView.vue'),
    props: true,
    meta: { title: 'Room', audience: 'instructor', wide: true },
  },
  {
    path: 'people',
    name: 'people',
    component: () => import('@/views/classroom/PeopleView.vue'),
    props: true,
    meta: { title: 'People', audience: 'instructor' },
  },
  {
    path: 'labs',
    name: 'class-labs',
    component: () => import('@/views/classroom/ClassLabsView.vue'),
    props: true,
    meta: { title: 'Labs of the class', audience: 'instructor' },
  },
  {
    path: 'labs/:lab',
    name: 'class-lab',
    component: () => import('@/views/classroom/ClassLabView.vue'),
    props: true,
    meta: { title: 'Lab of the class', audience: 'instructor' },
  },
  {
    path: 'settings',
    name: 'class-settings',
    component: () => import('@/views/classroom/ClassSettingsView.vue'),
    props: true,
    meta: { title: 'Settings of the class', audience: 'instructor' },
  },
  {
    path: 'environments/:id',
    name: 'class-environment',
    component: () => import('@/views/classroom/ClassEnvironmentView.vue'),
    props: true,
    meta: { title: 'Environment', audience: 'instructor' },
  },
  {
    path: 'usage',
    name: 'class-usage',
    component: () => import('@/views/classroom/ClassUsageView.vue'),
    props: true,
    meta: { title: 'Usage', audience: 'instructor' },
  },
  {
    path: 'events',
    name: 'class-events',
    component: () => import('@/views/classroom/ClassEventsView.vue'),
    props: true,
    meta: { title: 'Events', audience: 'instructor' },
  },
] satisfies PortalRoute[]

export const routes = [
  {
    path: '/',
    name: 'sign-in',
    component: () => import('@/views/SignInView.vue'),
    meta: { title: 'Sign in', audience: 'everybody' },
  },
  {
    path: '/c/:code',
    name: 'sign-in-with-code',
    component: () => import('@/views/SignInView.vue'),
    props: true,
    meta: { title: 'Sign in', audience: 'everybody' },
  },
  {
    path: '/join',
    name: 'join',
    component: () => import('@/views/JoinView.vue'),
    meta: { title: 'Join a class', audience: 'everybody' },
  },
  {
    path: '/redeem',
    name: 'redeem',
    component: () => import('@/views/RedeemView.vue'),
    meta: { title: 'Use a one-time code', audience: 'everybody' },
  },
  {
    path: '/teach',
    name: 'teach',
    component: () => import('@/views/classroom/TeachSignInView.vue'),
    meta: { title: 'Instructors', audience: 'everybody' },
  },
  {
    path: '/labs',
    name: 'labs',
    component: () => import('@/views/LabsView.vue'),
    meta: { title: 'Labs', audience: 'trainee' },
  },
  {
    path: '/labs/:lab',
    name: 'workspace',
    component: () => import('@/views/WorkspaceView.vue'),
    props: true,
    meta: { title: 'Workspace', audience: 'trainee', fullHeight: true },
  },
  {
    path: '/environments',
    name: 'environments',
    component: () => import('@/views/EnvironmentsView.vue'),
    meta: { title: 'Past environments', audience: 'trainee' },
  },
  {
    path: '/environments/:id',
    name: 'environment',
    component: () => import('@/views/EnvironmentView.vue'),
    props: true,
    meta: { title: 'Environment', audience: 'trainee' },
  },
  {
    path: '/classes',
    name: 'classes',
    component: () => import('@/views/classroom/ClassesView.vue'),
    meta: { title: 'Classes', audience: 'instructor' },
  },
  {
    path: '/classes/new',
    name: 'new-class',
    component: () => import('@/views/classroom/NewClassView.vue'),
    meta: { title: 'New class', audience: 'instructor' },
  },
  {
    path: '/classes/:classId/deletion',
    name: 'class-deletion',
    component: () => import('@/views/classroom/ClassDeletionView.vue'),
    props: true,
    meta: { title: 'Deleted class', audience: 'instructor' },
  },
  {
    path: '/classes/:classId/environments/:id/terminal',
    name: 'watch-terminal',
    component: () => import('@/views/classroom/WatchTerminalView.vue'),
    props: true,
    meta: { title: 'Terminal', audience: 'instructor', fullHeight: true },
  },
  {
    path: '/classes/:classId',
    name: 'class',
    component: () => import('@/views/classroom/ClassFrame.vue'),
    props: true,
    redirect: { name: 'room' },
    meta: { title: 'Class', audience: 'instructor' },
    children: classPages,
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('@/views/NotFoundView.vue'),
    meta: { title: 'Not found', audience: 'everybody' },
  },
] satisfies PortalRoute[]

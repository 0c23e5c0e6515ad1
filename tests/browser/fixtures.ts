/** What every journey starts with: the running system, somebody to sign in as, and an eye on the browser's console. */
import { test as base, type BrowserContext, type Page } from '@playwright/test'

import { Complaints } from './portal/Complaints.ts'
import { Portal } from './portal/Portal.ts'
import { ToldApi } from './portal/ToldApi.ts'
import { Stack, type Person } from './stack/Stack.ts'

export interface StackOptions {
  bootDelaySecs: number
}

interface Fixtures {
  trainee: Person
  complaints: Complaints
  portal: Portal
  /** A browser of somebody else's, signed in to nothing. */
  anotherBrowser: () => Promise<Page>
  /** For journeys that tell what the API says. */
  api: ToldApi
}

export const test = base.extend<Fixtures, StackOptions & { stack: Stack }>({
  bootDelaySecs: [0, { scope: 'worker', option: true }],

  stack: [
    async ({ bootDelaySecs }, use) => {
      const stack = await Stack.start(bootDelaySecs)
      await use(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ stack }, use) => use(stack.url),

  trainee: async ({ stack }, use) => use(await stack.newTrainee()),

  /** Whatever the console complains about in any page of the journey fails it, unless the journey foresaw it. */
  complaints: [
    async ({ context, stack }, use) => {
      const complaints = new Complaints(stack.url)
      complaints.listenTo(context)
      await use(complaints)
      complaints.expectNone()
    },
    { auto: true },
  ],

  anotherBrowser: async ({ browser, stack, complaints, contextOptions }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL: stack.url })
      contexts.push(context)
      complaints.listenTo(context)
      return context.newPage()
    })
    await Promise.all(contexts.map((context) => context.close()))
  },

  portal: async ({ page }, use) => use(new Portal(page)),

  api: async ({ page }, use) => {
    await use(await ToldApi.on(page))
    // Questions that are still open when a journey ends need no answer.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  },
})

export { expect } from '@playwright/test'

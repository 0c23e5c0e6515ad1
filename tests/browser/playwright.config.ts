import { defineConfig } from '@playwright/test'

import type { StackOptions } from './fixtures.ts'

/** Real machines start during these journeys, so one at a time: two at once would only measure each other. */
export default defineConfig<object, StackOptions>({
  testDir: 'journeys',
  outputDir: 'results/failures',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    actionTimeout: 10_000,
    navigationTimeout: 10_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      // Debian's Chromium: what `scripts/setup --test` installs.
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'journeys', testIgnore: 'appearance*.spec.ts' },
    // Machines that take a moment to boot, so that there is something to see on the way.
    { name: 'appearance', testMatch: 'appearance*.spec.ts', use: { bootDelaySecs: 1.5 } },
    // Writes into docs/, so only when asked for.
    ...(process.env.PICTURES ? [{ name: 'pictures', testDir: 'pictures' }] : []),
  ],
})

import type { FrameLocator, Page } from '@playwright/test'

import { expect, test } from '../fixtures.ts'

/** The lab's own app, wherever it is shown. */
async function useTheApp(app: Page | FrameLocator) {
  await app.getByLabel('Name').fill('ada')
  await app.getByLabel('Password').fill('lovelace')
  await app.getByRole('button', { name: 'Sign in' }).click()
  await expect(app.getByRole('list', { name: 'Notes' }).getByRole('listitem')).toHaveCount(3)
}

test("a lab's web app works inside the portal and in a window of its own", async ({
  page,
  portal,
  trainee,
  context,
}) => {
  await portal.enter(trainee)
  const desk = await portal.play('notes-api')
  await page.getByRole('tab', { name: 'Notes' }).click()
  await useTheApp(page.frameLocator('iframe[title="Notes"]'))

  const opened = context.waitForEvent('page')
  await page.getByRole('button', { name: 'Open in new window' }).click()
  const window = await opened
  await useTheApp(window)
  expect(new URL(window.url()).origin).not.toBe(new URL(page.url()).origin)
  expect(await window.evaluate(() => window.opener)).toBeNull()
  await window.close()

  await page.getByRole('tab', { name: 'Terminal' }).click()
  await desk.terminal.focus()
  await desk.terminal.run('curl -s -o /dev/null -w "app-%{http_code}" http://127.0.0.1:5000/')
  await desk.terminal.expect('app-200')
  await desk.stop()
})

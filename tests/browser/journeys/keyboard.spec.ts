import type { Locator, Page } from '@playwright/test'

import { expect, test } from '../fixtures.ts'

async function tabTo(page: Page, target: Locator) {
  for (let presses = 0; presses < 30; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('thirty presses of Tab did not get there')
}

test('the whole way by keyboard alone', async ({ page, portal, trainee }) => {
  await page.goto('/')
  await expect(page.getByLabel('Class code')).toBeFocused()
  await page.keyboard.type(trainee.classCode)
  await tabTo(page, page.getByLabel('Name', { exact: true }))
  await page.keyboard.type(trainee.name)
  await tabTo(page, page.getByLabel('Password'))
  await page.keyboard.type(trainee.password)
  await page.keyboard.press('Enter')
  await expect(portal.labs).toHaveCount(3)

  await tabTo(page, page.getByRole('button', { name: 'Play: An intruder in the logs' }))
  await page.keyboard.press('Enter')
  const desk = await portal.desk()
  await expect(desk.terminal.input).toBeFocused()
  await desk.terminal.run('echo by-$((20 + 1))-fingers')
  await desk.terminal.expect('by-21-fingers')

  // Tab is the shell's: it completes.
  await desk.terminal.type('cat rep')
  await page.keyboard.press('Tab')
  await desk.terminal.expect('cat report.txt')
  await page.keyboard.press('Control+c')

  await page.keyboard.press('Control+Shift+Period')
  await expect(desk.terminal.input).not.toBeFocused()
  await tabTo(page, page.getByRole('button', { name: 'Stop', exact: true }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Keep working' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Delete everything' })).toBeFocused()
  await page.keyboard.press('Enter')
  await desk.expectReceipt()
})

test('the terminal gives the focus back when asked, and takes it again', async ({
  page,
  portal,
  trainee,
}) => {
  await portal.enter(trainee)
  const desk = await portal.play('intruder-in-logs')
  await page.keyboard.press('Control+Shift+Comma')
  await expect(desk.guide).toBeFocused()
  await page.keyboard.press('Control+Shift+Period')
  await expect(desk.terminal.input).toBeFocused()
})

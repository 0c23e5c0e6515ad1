import type { Page } from '@playwright/test'

import { expect, test } from '../fixtures.ts'

const SIZES = [
  { name: 'laptop', width: 1440, height: 900 },
  { name: 'ipad-landscape', width: 1180, height: 820 },
  { name: 'ipad-portrait', width: 820, height: 1180 },
]
const THEMES = ['light', 'dark'] as const

/** Nothing scrolls sideways, and no control stands outside the window or on top of another. */
async function expectInOrder(page: Page) {
  const disorder = await page.evaluate(() => {
    const found: string[] = []
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways')
    const controls = [...document.querySelectorAll('header button, header a, .toolbar button, main .v-btn')]
      .filter((control) => control.checkVisibility({ visibilityProperty: true }))
      .map((control) => ({
        label: control.textContent?.trim() || control.ariaLabel,
        box: control.getBoundingClientRect(),
      }))
    for (const [index, { label, box }] of controls.entries()) {
      if (box.left < 0 || box.right > width + 1) found.push(`"${label}" sticks out`)
      for (const other of controls.slice(index + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
        if (across > 1 && down > 1) found.push(`"${label}" and "${other.label}" overlap`)
      }
    }
    return found
  })
  expect(disorder).toEqual([])
}

for (const theme of THEMES) {
  for (const { name, width, height } of SIZES) {
    test.describe(`${name}, ${theme}`, () => {
      test.use({
        viewport: { width, height },
        colorScheme: theme,
        contextOptions: { reducedMotion: 'reduce' },
      })

      test('every page stands as it should', async ({ page, portal, trainee }) => {
        const look = async (at: string) => {
          await expectInOrder(page)
          await page.screenshot({
            path: `results/screens/${name}-${theme}-${at}.png`,
            animations: 'disabled',
          })
        }
        await page.goto('/')
        await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
        await look('1-sign-in')

        await portal.enter(trainee)
        await look('2-labs')

        await page.getByTestId('play-notes-api').click()
        await expect(page.getByTestId('stage-machine-created')).toBeVisible()
        await look('3-starting')

        const desk = await portal.desk()
        await desk.terminal.run('clear; cd notes-api; ls -la --color; grep --color -n execute store.py')
        await desk.terminal.expect('execute')
        await expect(desk.guide).toContainText('Meet the API')
        await look('4-workspace')

        await page.getByRole('tab', { name: 'Notes' }).click()
        await expect(page.frameLocator('iframe').getByRole('button', { name: 'Sign in' })).toBeVisible()
        await look('5-web-tab')

        await page.getByRole('button', { name: 'Stop' }).click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await look('6-stop')
        await page.getByRole('button', { name: 'Delete everything' }).click()
        await desk.expectReceipt()
        await expect(page.getByRole('dialog')).toHaveCount(0)
        await look('7-receipt')
      })
    })
  }
}

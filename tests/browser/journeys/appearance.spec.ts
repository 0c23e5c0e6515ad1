import { expect, test } from '../fixtures.ts'
import { expectInOrder } from '../portal/order.ts'

const SIZES = [
  { name: 'laptop', width: 1440, height: 900 },
  { name: 'ipad-landscape', width: 1180, height: 820 },
  { name: 'ipad-portrait', width: 820, height: 1180 },
]
const THEMES = ['light', 'dark'] as const

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

        await page.getByRole('button', { name: 'Stop', exact: true }).click()
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

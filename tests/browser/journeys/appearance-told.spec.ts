import { expect, test } from '../fixtures.ts'
import { expectInOrder } from '../portal/order.ts'
import {
  atTheNextPlace,
  failed,
  gone,
  inLine,
  inSeconds,
  LAB,
  provider,
  silent,
  type Environment,
} from '../portal/told.ts'

const SIZES = [
  { name: 'laptop', width: 1280, height: 800 },
  { name: 'ipad-landscape', width: 1180, height: 820 },
  { name: 'ipad-portrait', width: 820, height: 1180 },
  { name: 'phone', width: 390, height: 844 },
]
const THEMES = ['light', 'dark'] as const

const overdue = { ahead: null, likely_ready_at: inSeconds(-90), ready_by: inSeconds(-30), samples: 20 }
const unauthorized = "the provider refuses the installation's token; tell your instructor"

const MOMENTS: [name: string, environment: () => Environment][] = [
  ['in-line', inLine],
  ['no-samples', () => inLine({ start: { ahead: 37, likely_ready_at: null, ready_by: null, samples: 0 } })],
  ['next-place', atTheNextPlace],
  ['overdue', () => ({ ...atTheNextPlace(), start: overdue })],
  ['failed', () => failed('provider_unauthorized', unauthorized)],
  ['silent', silent],
  ['receipt', gone],
]

for (const theme of THEMES) {
  for (const { name, width, height } of SIZES) {
    test.describe(`${name}, ${theme}`, () => {
      test.use({
        viewport: { width, height },
        colorScheme: theme,
        contextOptions: { reducedMotion: 'reduce' },
      })

      test('waiting, failing and receipts stand as they should', async ({ page, portal, trainee, api }) => {
        await portal.enter(trainee)
        for (const [moment, environment] of MOMENTS) {
          api.environment = environment()
          await page.goto(`/labs/${LAB.slug}`)
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
          await expectInOrder(page)
          await page.screenshot({ path: `results/screens/told-${name}-${theme}-${moment}.png` })
        }
      })

      test('the providers stand as they should', async ({ page, portal, stack, api }) => {
        api.providers = [
          provider({
            resting: { reason: 'unauthorized', since: inSeconds(-240), until: inSeconds(62) },
            p50_seconds: null,
            p90_seconds: null,
            samples: 0,
          }),
          provider({ provider: 'digitalocean', waiting: 37 }),
        ]
        await portal.teach(stack.instructor)
        await expect(page.getByTestId('resting-linode')).toBeVisible()
        await expectInOrder(page)
        await page.screenshot({ path: `results/screens/told-${name}-${theme}-providers.png` })
      })
    })
  }
}

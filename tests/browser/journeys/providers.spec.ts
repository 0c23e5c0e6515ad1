import { expect, test } from '../fixtures.ts'
import { inSeconds, provider } from '../portal/told.ts'

const PATH = '/api/admin/providers'

test('an instructor sees which provider rests and why, how many wait and how long starts take', async ({
  page,
  portal,
  stack,
  api,
}) => {
  await page.clock.install()
  api.providers = [
    provider({
      resting: { reason: 'unauthorized', since: inSeconds(-220), until: inSeconds(200) },
      p50_seconds: null,
      p90_seconds: null,
      samples: 0,
    }),
    provider({ provider: 'digitalocean', waiting: 37 }),
  ]
  await portal.teach(stack.instructor)
  const notice = page.getByTestId('resting-linode')
  await expect(notice).toContainText("Linode refuses the installation's token.")
  await expect(notice).toContainText('The operator has to give the installation a new token.')
  await expect(notice).toContainText('Not asked for 4 minutes')
  await expect(notice).toContainText('Asked again in about 3 minutes')
  await expect(page.getByTestId('provider-linode')).toContainText('No recent start')
  for (const fact of ['37 starts', '38 s', '1 min 5 s', '20 recent starts']) {
    await expect(page.getByTestId('provider-digitalocean')).toContainText(fact)
  }

  api.providers = [provider(), provider({ provider: 'digitalocean' })]
  const [from, asked] = [await page.evaluate(() => Date.now()), api.timesAsked(PATH)]
  await page.clock.runFor(20_000)
  await expect(notice).toHaveCount(0)
  // Every fifteen seconds, more or less 15 %, however slow this machine is.
  const seconds = ((await page.evaluate(() => Date.now())) - from) / 1_000
  expect(api.timesAsked(PATH) - asked).toBeLessThanOrEqual(Math.ceil(seconds / 12.75))
})

test('providers that cannot be loaded take nothing else away', async ({
  page,
  portal,
  stack,
  complaints,
  api,
}) => {
  complaints.foresee(/status of 503/)
  api.broken = true
  await portal.teach(stack.instructor)
  await expect(page.getByTestId('providers-error')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByTestId('class-DEMO-2026')).toBeVisible()
})

test('a trainee never asks about providers', async ({ page, portal, trainee, api }) => {
  await portal.enter(trainee)
  await expect(page.getByTestId('play-secrets-in-git')).toBeVisible()
  await expect(page.getByTestId('providers')).toHaveCount(0)
  expect(api.timesAsked(PATH)).toBe(0)
})

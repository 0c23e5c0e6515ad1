import { expect, test } from '../fixtures.ts'
import { environment, failed, gone, LAB, receipt, silent } from '../portal/told.ts'

const CODES = [
  'no_placement',
  'start_timed_out',
  'provider_unauthorized',
  'not_offered',
  'setup_failed',
  'machine_lost',
  'provider_silent',
]

test('a deletion that is not proven yet keeps nobody waiting, and the receipt comes by itself', async ({
  page,
  portal,
  trainee,
  api,
}) => {
  await page.clock.install()
  api.environment = silent()
  await portal.enter(trainee)
  // The card offers Play as well.
  await expect(page.getByTestId(`play-${LAB.slug}`)).toBeEnabled()

  await page.goto(`/labs/${LAB.slug}`)
  await expect(page.getByRole('heading', { name: 'Not proven gone yet' })).toBeVisible()
  await expect(page.getByTestId('failure')).toContainText('Linode did not say for 5 minutes')
  await expect(page.getByTestId('unproven')).toContainText('No receipt yet')
  await expect(page.getByRole('button', { name: 'Print' })).toHaveCount(0)

  api.environment = { ...silent(), receipt: receipt() }
  await page.clock.runFor(20_000)
  await expect(page.getByRole('heading', { name: 'Deleted, and verified absent' })).toBeVisible()
  await expect(page.getByTestId('keys')).toContainText('machine token')
})

test('Play works while a deletion is not proven yet', async ({ page, portal, trainee, api }) => {
  api.environment = silent()
  api.next = environment({ id: 'env_anew' })
  await portal.enter(trainee)
  await page.goto(`/labs/${LAB.slug}`)
  await page.getByRole('button', { name: 'Play again' }).click()
  await expect(page.getByRole('heading', { name: 'Your machine is on its way' })).toBeVisible()
  await expect(page.getByTestId('receipt')).toHaveCount(0)
})

test('every failure says why, what to do, and offers Play', async ({ page, portal, trainee, api }) => {
  await portal.enter(trainee)
  for (const code of CODES) {
    const message = `this is why ${code} happened`
    api.past = [{ ...failed(code, message), id: `env_${code}`, receipt: null }]
    await page.goto(`/environments/env_${code}`)
    await expect(page.getByTestId('failure')).toHaveText(`This is why ${code} happened.`)
    await expect(page.getByTestId('advice')).toContainText('Play')
    await expect(page.getByRole('button', { name: 'Play again' })).toBeEnabled()
  }
})

test('the receipt of a past environment lists machine and keys, says that there was nothing else, and prints', async ({
  page,
  portal,
  trainee,
  api,
}) => {
  api.past = [gone()]
  await portal.enter(trainee)
  await page.getByRole('link', { name: 'Receipts', exact: true }).click()
  await page.getByTestId('environment-env_told').click()
  await expect(page.getByTestId('keys').getByRole('listitem')).toHaveCount(2)
  await expect(page.getByTestId('keys')).toContainText(/access secret.*removed .*machine token.*removed /s)
  await expect(page.getByTestId('nothing-else')).toContainText('no volumes, no firewalls, no DNS records')

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  await expect(page.getByTestId('keys')).toBeVisible()
})

test('Play again by keyboard alone', async ({ page, portal, trainee, api }) => {
  api.environment = failed('machine_lost', 'the provider says that the machine does not exist any more')
  api.next = environment({ id: 'env_anew' })
  await portal.enter(trainee)
  await page.goto(`/labs/${LAB.slug}`)
  const again = page.getByRole('button', { name: 'Play again' })
  await expect(again).toBeVisible()
  for (let presses = 0; presses < 12; presses += 1) {
    if (await again.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await expect(again).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Your machine is on its way' })).toBeVisible()
})

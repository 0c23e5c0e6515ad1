import type { Page } from '@playwright/test'

import { expect, test } from '../fixtures.ts'
import { atTheNextPlace, environment, inLine, LAB, timeline } from '../portal/told.ts'

/** Everything that the page's live region says from now on. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector('[data-testid="announcer"]')!
    const said: string[] = []
    Object.assign(window, { said })
    new MutationObserver(() => said.push(region.textContent ?? '')).observe(region, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said)
}

test('somebody in line sees how many come before, and an estimate that counts down and stays honest', async ({
  page,
  portal,
  trainee,
  api,
}) => {
  await page.clock.install()
  await portal.enter(trainee)
  api.next = inLine()
  await page.getByTestId(`play-${LAB.slug}`).click()

  const estimate = page.getByTestId('estimate')
  await expect(page.getByTestId('in-line')).toHaveText('In line at Linode: about 37 starts before yours')
  await expect(estimate).toHaveText('Ready in about 10 minutes')
  await expect(page.getByTestId('outlook')).toContainText('20 recent starts')
  await expect(page.getByTestId('stage-waiting')).toHaveAttribute('aria-current', 'step')
  await expect(page.getByTestId('upcoming-ready')).toBeVisible()
  await expect(page.getByRole('progressbar', { name: 'Stages of the start' })).toHaveAttribute(
    'aria-valuetext',
    /^2 of 7/,
  )

  const heard = await listen(page)
  await page.clock.fastForward('05:00')
  await expect(estimate).toHaveText('Ready in about 5 minutes')
  await page.clock.fastForward('07:00')
  await expect(estimate).toHaveText('Taking a little longer than most')
  expect(await heard(), 'no tick is told').toEqual([])
  await page.clock.fastForward('10:00')
  await expect(estimate).toHaveText('Taking longer than nine of ten recent starts')
  expect(await heard(), 'that it takes long is told once').toEqual([
    'Taking longer than nine of ten recent starts',
  ])
})

test('a start that is far from ready is asked about rarely', async ({ page, portal, trainee, api }) => {
  await page.clock.install()
  await portal.enter(trainee)
  api.next = inLine()
  await page.getByTestId(`play-${LAB.slug}`).click()
  await expect(page.getByTestId('in-line')).toBeVisible()

  const path = '/api/environments/env_told'
  const now = () => page.evaluate(() => Date.now())
  const [from, before, labsBefore] = [await now(), api.timesAsked(path), api.timesAsked('/api/labs')]
  // One second at a time, so that every answer arrives before the next question is due.
  for (let second = 0; second < 60; second += 1) await page.clock.runFor(1_000)
  const seconds = ((await now()) - from) / 1_000
  const asked = api.timesAsked(path) - before
  expect(asked).toBeGreaterThan(2)
  // Every ten seconds, more or less 15 %; the labs every thirty.
  expect(asked).toBeLessThanOrEqual(Math.ceil(seconds / 8.5))
  expect(api.timesAsked('/api/labs') - labsBefore).toBeLessThanOrEqual(Math.ceil(seconds / 25.5))
})

test('what follows is told: a place without a machine, the next one, and every stage', async ({
  page,
  portal,
  trainee,
  api,
}) => {
  await portal.enter(trainee)
  api.next = atTheNextPlace()
  await page.getByTestId(`play-${LAB.slug}`).click()
  await expect(page.getByTestId('detour')).toHaveText(
    'Linode, eu-west: the provider has no free machine there now. Now trying DigitalOcean, lon1.',
  )
  await expect(page.getByTestId('in-line')).toHaveCount(0)
  await expect(page.getByTestId('estimate')).toHaveText('Ready in about 40 seconds')

  const created = atTheNextPlace()
  created.timeline.push(...timeline('machine-created'))
  api.environment = { ...created, status: 'booting' }
  await expect(page.getByTestId('stage-machine-created')).toBeVisible({ timeout: 15_000 })
  await expect(page.getByTestId('detour')).toHaveCount(0)
})

test('without a recent start there is no number, and no provider to ask is said as it is', async ({
  page,
  portal,
  trainee,
  api,
}) => {
  await portal.enter(trainee)
  api.next = inLine({ start: { ahead: 3, likely_ready_at: null, ready_by: null, samples: 0 } })
  await page.getByTestId(`play-${LAB.slug}`).click()
  await expect(page.getByTestId('in-line')).toContainText('about 3 starts before yours')
  await expect(page.getByTestId('estimate')).toHaveText('No recent start to go by')

  const because = 'the provider does not answer; it is asked again soon'
  api.environment = environment({ timeline: timeline('requested', ['waiting', because]) })
  await expect(page.getByTestId('standstill')).toHaveText(`Waiting: ${because}`)
  await expect(page.getByTestId('estimate')).toHaveCount(0)
})

test('while the API fails the page keeps what it knows, says so, and comes back by itself', async ({
  page,
  portal,
  trainee,
  complaints,
  api,
}) => {
  complaints.foresee(/status of 503/)
  await portal.enter(trainee)
  api.next = atTheNextPlace()
  await page.getByTestId(`play-${LAB.slug}`).click()
  await expect(page.getByTestId('estimate')).toBeVisible()
  api.broken = true
  await expect(page.getByTestId('offline')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByTestId('estimate')).toContainText('Ready in about')
  api.broken = false
  await expect(page.getByTestId('offline')).toHaveCount(0, { timeout: 20_000 })
})

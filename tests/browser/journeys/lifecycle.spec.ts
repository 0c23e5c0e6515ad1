import { expect, test } from '../fixtures.ts'

test('from Play to the receipt, and again with nothing of the old machine', async ({
  page,
  portal,
  trainee,
}) => {
  await portal.enter(trainee)
  // The answers are held back until the stages have been looked at: here a machine is faster than the eye.
  const answers = await portal.holdEnvironments()
  await page.getByTestId('play-secrets-in-git').click()
  await expect(page.getByRole('heading', { name: 'Your machine is on its way' })).toBeVisible()
  await expect(page.getByRole('list').getByText('Asked for a machine')).toBeVisible()
  await expect(page.getByRole('list').getByText('Setting up the lab')).toBeVisible()
  await answers.release()

  const desk = await portal.desk()
  await expect(desk.guide).toContainText('Find them')
  await expect(page.getByRole('timer')).toContainText(/^5\d:\d\d$/)
  const [guide, terminal] = await Promise.all([desk.guide.boundingBox(), desk.terminal.frame.boundingBox()])
  expect(guide!.x + guide!.width).toBeLessThanOrEqual(terminal!.x)
  // Side by side: above the guide there may be tabs of its own, below neither has anything.
  expect(Math.abs(guide!.y + guide!.height - terminal!.y - terminal!.height)).toBeLessThan(2)
  await desk.terminal.run('touch of-the-old-machine && ls')
  await desk.terminal.expect(/shop-api/)

  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Keep working' }).click()
  await expect(desk.terminal.frame).toBeVisible()

  const held = await portal.holdEnvironments()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Delete everything' }).click()
  await expect(page.getByRole('heading', { name: 'Deleting your machine' })).toBeVisible()
  await held.release()

  await desk.expectReceipt()
  await expect(desk.receipt).toContainText('Deleted, and verified absent')
  await expect(desk.receipt).toContainText('You stopped it.')
  await expect(desk.receipt.getByRole('definition').last()).toContainText(/404|not exist|not found/i)
  for (const stage of ['requested', 'machine-created', 'ready', 'stop-requested', 'deleted']) {
    await expect(desk.receipt.getByTestId(`stage-${stage}`)).toBeVisible()
  }

  await page.getByRole('button', { name: 'Play again' }).click()
  const fresh = await portal.desk()
  await fresh.terminal.run('ls of-the-old-machine 2> /dev/null || echo fresh-$((1 + 1))')
  await fresh.terminal.expect('fresh-2')
  await fresh.stop()

  await page.getByRole('link', { name: 'Receipts' }).click()
  await expect(page.getByRole('main')).toContainText('Secrets in git history')
})

test('a lab that runs is opened from the labs, not started twice', async ({ page, portal, trainee }) => {
  await portal.enter(trainee)
  const { terminal } = await portal.play('intruder-in-logs')
  await terminal.run('touch the-very-same')
  await page.getByRole('link', { name: 'Labs', exact: true }).click()
  await page.getByRole('link', { name: /^Open: An intruder/ }).click()
  const again = await portal.desk()
  await again.terminal.run('ls the-very-same | sed s/^/still-/')
  await again.terminal.expect('still-the-very-same')
})

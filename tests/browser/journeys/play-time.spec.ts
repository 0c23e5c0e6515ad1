import { expect, test } from '../fixtures.ts'

/** Far above what a quiet machine needs: a machine under load must not fail for being slow. The log says what it was. */
const LIMIT_MS = 10_000

test('a prompt is there soon after Play, five times in a row', async ({ page, portal, trainee }) => {
  await portal.enter(trainee)
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const play = page.getByTestId('play-secrets-in-git')
    await expect(play).toBeEnabled()
    const pressed = Date.now()
    await play.click()
    // Looked at with every frame: expect's own polling would round up to its next look.
    const prompt = () => /\$\s*$/.test(document.querySelector('.xterm-rows')?.textContent ?? '')
    await page.waitForFunction(prompt, undefined, { polling: 'raf' })
    times.push(Date.now() - pressed)
    const desk = await portal.desk()
    await desk.stop()
    await page.getByRole('link', { name: 'Back to the labs' }).click()
  }
  console.log(`Play to prompt: ${times.join(', ')} ms`)
  expect(Math.max(...times)).toBeLessThan(LIMIT_MS)
})

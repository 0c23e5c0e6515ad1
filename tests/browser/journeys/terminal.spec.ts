import { expect, test } from '../fixtures.ts'

test.beforeEach(async ({ portal, trainee }) => portal.enter(trainee))

test('what a shell does is seen: output, colours, the size of the window', async ({ page, portal }) => {
  const { terminal } = await portal.play('intruder-in-logs')
  await terminal.run('echo sum-$((40 + 2))')
  await terminal.expect('sum-42')

  await terminal.run(String.raw`printf '\033[31m%s\033[0m \033[38;5;208m%s\033[0m\n' alarm orange`)
  const plain = await terminal.colourOf('sum-42')
  expect(await terminal.colourOf('alarm')).not.toEqual(plain)
  expect(await terminal.colourOf('orange')).not.toEqual(await terminal.colourOf('alarm'))

  const before = await terminal.size()
  await page.setViewportSize({ width: 1500, height: 950 })
  await expect.poll(() => terminal.rowCount()).toBeGreaterThan(before.rows)
  const after = await terminal.size()
  expect(after.cols).toBeGreaterThan(before.cols)
  expect(after.rows).toBe(await terminal.rowCount())
})

test('several pasted lines arrive once and wait for Enter', async ({ page, portal, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { terminal } = await portal.play('intruder-in-logs')
  await page.evaluate(() => navigator.clipboard.writeText('echo first >> pasted\necho second >> pasted'))
  await page.keyboard.press('Control+Shift+V')
  await terminal.expect('echo second >> pasted')
  await terminal.run('')
  await terminal.run('echo "pasted: $(paste -sd+ pasted)"')
  await terminal.expect('pasted: first+second')

  await page.getByTestId('guide').getByRole('button', { name: 'Paste into terminal' }).first().click()
  await expect(terminal.input).toBeFocused()
  await terminal.expect('cd ~/logs')
  await page.keyboard.press('Control+c')
  await terminal.run('pwd')
  await terminal.expect('/home/lab')
})

test('a reload in the middle of vim comes back to the same screen', async ({ page, portal }) => {
  const desk = await portal.play('intruder-in-logs')
  const { terminal } = desk
  await terminal.run('echo before-vim; vim report.txt')
  await terminal.expect('"report.txt"')
  await terminal.type('Ofrom the middle of vim')
  await terminal.expect('from the middle of vim')
  const screen = await terminal.text()
  expect(screen).not.toContain('before-vim')

  await page.reload()
  await expect.poll(() => terminal.text()).toBe(screen)
  await terminal.focus()
  await page.keyboard.press('Escape')
  await terminal.run(':wq')
  await terminal.expect('before-vim')
  await terminal.run('grep -c "^from the middle" report.txt | sed s/^/found:/')
  await terminal.expect('found:1')
})

test('a second tab is at the same shell, and each sees what the other types', async ({
  page,
  portal,
  context,
}) => {
  const { terminal } = await portal.play('secrets-in-git')
  await terminal.run('mine=shell-$$; echo "$mine" > shell')
  const beside = await portal.inAnotherTab(await context.newPage(), page.url())
  await beside.terminal.run('[ "$mine" = "$(cat shell)" ] && echo same-$((4 + 4))')
  await beside.terminal.expect('same-8')
  await page.bringToFront()
  await terminal.expect('same-8')
})

test('what is typed while the network is away arrives once it is back, and once only', async ({
  page,
  portal,
  context,
  complaints,
}) => {
  complaints.foresee(/ERR_INTERNET_DISCONNECTED|WebSocket connection to/)
  const { terminal } = await portal.play('secrets-in-git')
  await terminal.run('echo one >> typed')
  await terminal.expectPrompt()

  // Cuts what is open too: the socket stays, and nothing passes.
  await context.setOffline(true)
  await terminal.run('echo two >> typed')
  await terminal.expectState('reconnecting')
  await expect(page.getByTestId('terminal-state')).toContainText('What you type is kept')
  await terminal.run('echo three >> typed')

  await context.setOffline(false)
  await terminal.expectState('live', 20_000)
  await terminal.run('echo "typed: $(paste -sd+ typed)"')
  await terminal.expect('typed: one+two+three')
})

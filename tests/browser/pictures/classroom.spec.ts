import { expect, test } from '../fixtures.ts'
import { Classroom } from '../portal/Classroom.ts'
import { LAB, roster, SOLVE_THE_FIRST } from '../portal/lab-day.ts'
import { Portal } from '../portal/Portal.ts'
import { Room } from '../portal/Room.ts'
import { Terminal } from '../portal/Terminal.ts'

// Machines take a moment to boot, so that the room is met on its way.
test.use({ colorScheme: 'light', bootDelaySecs: 4, contextOptions: { reducedMotion: 'reduce' } })

const CODE = 'DEVSECOPS'

/** The instructor guide's pictures, taken again by `npm --prefix tests/browser run pictures`. */
test('the classroom', async ({ page, portal, stack, anotherBrowser }) => {
  test.setTimeout(240_000)
  /** From the top of the page, and with nothing under the mouse. */
  const picture = async (name: string) => {
    await page.mouse.move(0, 0)
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.screenshot({ path: `../../docs/images/${name}.png`, animations: 'disabled' })
  }
  const classroom = new Classroom(page)
  const room = new Room(page)

  await portal.teach(stack.instructor)
  const title = 'DevSecOps in practice'
  await classroom.create({ title, code: CODE, timeZone: 'Europe/Berlin', seats: 30, extension: 15 })
  await classroom.uploadLab(LAB.folder)
  await classroom.open('Settings')
  await expect(page.getByRole('textbox', { name: 'Title', exact: true })).toHaveValue(title)
  await picture('class-settings')

  await classroom.previewRoster(roster(24))
  await picture('roster-preview')
  await page.getByTestId('import-good').click()
  await classroom.download('Download as CSV')
  await page.getByRole('button', { name: 'Done' }).click()
  const address = await classroom.makeJoinLink()
  await picture('join-link')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

  const ada = await anotherBrowser()
  await ada.goto(address)
  await ada.getByLabel('Your name').fill('Ada')
  await ada.getByLabel('Passphrase', { exact: true }).fill('a passphrase of four words')
  await ada.getByRole('button', { name: 'Join', exact: true }).click()
  await ada.getByRole('link', { name: /to the labs/ }).click()
  const desk = await new Portal(ada).play('intruder-in-logs')
  await desk.terminal.run(SOLVE_THE_FIRST)
  await desk.terminal.expect('solved-3')
  await ada.getByRole('tab', { name: /^Checks/ }).click()
  await ada.getByRole('button', { name: 'Check my work' }).click()
  await expect(ada.getByTestId('check-1-break-in')).toHaveAttribute('data-state', 'passed')
  await ada.getByRole('button', { name: 'Raise your hand' }).click()
  await ada.getByRole('dialog').getByRole('textbox').fill('Where do I look next?')
  await ada.getByRole('dialog').getByRole('button', { name: 'Raise your hand' }).click()

  await classroom.open('Room')
  await room.chooseEverybody()
  for (const late of ['Trainee 003', 'Trainee 008', 'Trainee 017']) await room.leaveOut(late)
  await room.order('Start')
  await room.confirm('Start')
  await room.close()
  await room.chooseNobody()
  await expect.poll(() => room.count('working'), { timeout: 60_000 }).toBeGreaterThan(8)
  await picture('room')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Hide names' }).click()
  await expect(page.getByTestId('room')).not.toContainText('Trainee')
  await picture('room-names-hidden')
  await page.getByRole('button', { name: 'Names hidden' }).click()
  await page.emulateMedia({ colorScheme: 'light' })

  await room.tile('Ada').getByRole('link', { name: 'Ada', exact: true }).click()
  await expect(page.getByTestId('span-start')).toBeVisible()
  await picture('environment')
  await page.getByRole('link', { name: 'Open terminal' }).click()
  await ada.getByRole('button', { name: 'Allow watching' }).click()
  const watched = new Terminal(page)
  await desk.terminal.focus()
  await desk.terminal.run("grep Accepted auth.log | grep -v ' 10.20.0'")
  await watched.expect('syslogd')
  await expect(page.getByTestId('watch-permission')).toContainText('You can look on, not type')
  await picture('watching')
  await page.getByRole('link', { name: 'Leave' }).click()
  await page.getByRole('link', { name: 'The room' }).click()

  // Usage is most telling once everybody has had a machine and some have gone.
  await expect.poll(() => room.count('starting'), { timeout: 60_000 }).toBe(0)
  await expect.poll(() => room.count('waiting'), { timeout: 60_000 }).toBe(0)
  await room.chooseEverybody()
  await room.leaveOut('Ada')
  await room.order('Stop')
  await room.confirm('Stop')
  await room.close()
  await expect.poll(() => room.count('stopping'), { timeout: 60_000 }).toBe(0)
  await classroom.open('Usage')
  await expect(page.getByTestId('totals')).toBeVisible()
  await picture('usage')
})

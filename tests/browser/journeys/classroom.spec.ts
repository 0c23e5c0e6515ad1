import type { Page } from '@playwright/test'

import { expect, test } from '../fixtures.ts'
import { Classroom } from '../portal/Classroom.ts'
import { LAB, roster, SOLVE_THE_FIRST } from '../portal/lab-day.ts'
import { Portal } from '../portal/Portal.ts'
import { Room } from '../portal/Room.ts'
import { Terminal } from '../portal/Terminal.ts'

/** On the roster; one more joins by the link. A smaller number, at least 22, makes a quicker day on a slow machine. */
const PEOPLE = Number(process.env.CLASS_SIZE ?? 100)
const EVERYBODY = PEOPLE + 1
const CODE = 'LAB-DAY-1'
const ADA = { classCode: CODE, name: 'ada', password: 'a passphrase of four words' }
const LIN = { classCode: CODE, name: 'lin', password: 'another passphrase of five words' }
/** From what somebody did to the room's picture of it. The room asks every two seconds. */
const LIVE_MS = 3_000

/** Milliseconds from now until it is so. */
async function timeUntil(what: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await what()
  return Math.round(performance.now() - from)
}

test.use({ contextOptions: { reducedMotion: 'reduce' } })

test('a class day, from nothing to nothing', async ({ page, portal, stack, complaints, anotherBrowser }) => {
  test.setTimeout(600_000)
  const classroom = new Classroom(page)
  const times: Record<string, number> = {}
  const look = (name: string, at: Page = page) =>
    at.screenshot({ path: `results/screens/class-${name}.png`, animations: 'disabled' })

  await test.step('an instructor signs in and makes a class', async () => {
    await portal.teach(stack.instructor)
    const title = 'A day of lab work'
    await classroom.create({ title, code: CODE, timeZone: 'Europe/Berlin', seats: 110, extension: 15 })
    await look('new')
  })

  await test.step('the class gets a lab', async () => {
    await classroom.uploadLab(LAB.folder)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(LAB.title)
    await look('lab')
  })

  const codes =
    await test.step('a roster: the bad rows are named, the good ones come in with codes', async () => {
      await classroom.previewRoster(roster(PEOPLE))
      await expect(page.getByTestId('bad-rows')).toContainText('4 rows are bad')
      const rows = page.getByTestId('roster-rows').getByRole('row')
      await expect(rows).toContainText([/Line/, /23.*no name/, /24.*e-mail/, /row 3/, /percentage/])
      await look('roster-preview')
      await page.getByRole('button', { name: `Import ${PEOPLE} people, leave out 4` }).click()
      await expect(page.getByTestId('imported')).toContainText(`${PEOPLE} people were added`)
      await look('roster-codes')
      const { text } = await classroom.download('Download as CSV')
      await page.getByRole('button', { name: 'Done' }).click()
      await expect(page.getByTestId('seats')).toHaveText(`${PEOPLE} of 110 seats taken`)
      await look('people')
      return text
    })

  const ada = await test.step('somebody joins by the link that the room sees', async () => {
    const address = await classroom.makeJoinLink()
    await expect(page.getByRole('img', { name: 'QR code of the join link' })).toBeVisible()
    await look('join-link')
    await page.getByRole('button', { name: 'Show it to the room' }).click()
    await expect(page.getByTestId('projector')).toBeVisible()
    await look('projector')
    await page.getByTestId('projector').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

    const theirs = await anotherBrowser()
    await theirs.goto(address)
    await theirs.getByLabel('Your name').fill('Ada')
    await theirs.getByLabel('Passphrase', { exact: true }).fill(ADA.password)
    await look('join', theirs)
    await theirs.getByRole('button', { name: 'Join', exact: true }).click()
    await expect(theirs.getByTestId('joined-name')).toHaveText(ADA.name)
    await look('joined', theirs)
    await theirs.getByRole('link', { name: /to the labs/ }).click()
    await expect(new Portal(theirs).labs).toHaveCount(1)
    return theirs
  })

  const lin = await test.step('somebody of the roster makes a passphrase of the one-time code', async () => {
    const code = /^Lin,lin,([^,]+),/m.exec(codes)?.[1] ?? ''
    const theirs = await anotherBrowser()
    await theirs.goto('/redeem')
    await theirs.getByRole('textbox', { name: 'Class code' }).fill(CODE)
    await theirs.getByLabel('Name', { exact: true }).fill(LIN.name)
    await theirs.getByRole('textbox', { name: 'One-time code' }).fill(code)
    await theirs.getByLabel('Passphrase', { exact: true }).fill(LIN.password)
    await look('redeem', theirs)
    await theirs.getByRole('button', { name: 'Set the passphrase and go on' }).click()
    await expect(new Portal(theirs).labs).toHaveCount(1)
    await new Portal(theirs).signOut()
    await new Portal(theirs).signIn(LIN)
    await expect(new Portal(theirs).labs).toHaveCount(1)
    return theirs
  })

  const roomPage = await page.context().newPage()
  const room = new Room(roomPage)
  await test.step('the room starts everybody', async () => {
    await roomPage.goto(page.url().replace(/people$/, 'room'))
    await expect(room.tiles).toHaveCount(EVERYBODY)
    await look('room-before', roomPage)
    await room.chooseEverybody()
    const question = await room.order('Start')
    await expect(question.getByTestId('outcome-happens')).toContainText(
      `${EVERYBODY} machines will be started`,
    )
    await look('start-preview', roomPage)
    times.startAsked = await timeUntil(() => room.confirm('Start'))
    await look('start-over', roomPage)
    await room.close()
    await room.chooseNobody()
    await look('room-starting', roomPage)
    times.everybodyWorks = await timeUntil(() =>
      expect.poll(() => room.count('working'), { timeout: 400_000 }).toBe(EVERYBODY),
    )
    await look('room-working', roomPage)
  })

  await test.step('names can be hidden, for a projector', async () => {
    await roomPage.getByRole('button', { name: 'Hide names' }).click()
    await expect(roomPage.getByTestId('room')).not.toContainText(/Trainee \d|Ada|Lin/)
    await expect(room.tiles).toHaveCount(EVERYBODY)
    await look('room-hidden', roomPage)
    await roomPage.getByRole('button', { name: 'Names hidden' }).click()
    await expect(room.tile('Ada')).toBeVisible()
  })

  const desk = await test.step('a trainee works, and the room sees it at once', async () => {
    await ada.getByRole('link', { name: /^Open: An intruder/ }).click()
    const opened = await new Portal(ada).desk()
    await opened.terminal.run(SOLVE_THE_FIRST)
    await opened.terminal.expect('solved-3')
    await ada.getByRole('tab', { name: /^Checks/ }).click()
    await ada.getByRole('button', { name: 'Check my work' }).click()
    await expect(ada.getByTestId('check-1-break-in')).toHaveAttribute('data-state', 'passed')
    const progress = room.tile('Ada').getByRole('progressbar', { name: 'Checks passed' })
    times.check = await timeUntil(() => expect(progress).toHaveAttribute('aria-valuenow', '1'))
    await look('checks', ada)
    return opened
  })

  await test.step('a raised hand is seen at once', async () => {
    await ada.getByRole('button', { name: 'Raise your hand' }).click()
    const question = ada.getByRole('dialog')
    await question.getByRole('textbox').fill('Where do I look next?')
    await look('hand', ada)
    const sign = room.tile('Ada').getByRole('img', { name: 'Hand raised: Where do I look next?' })
    await question.getByRole('button', { name: 'Raise your hand' }).click()
    times.hand = await timeUntil(() => expect(sign).toBeVisible())
    await look('room-hand', roomPage)
  })

  await test.step('the instructor asks to look on, and sees what the trainee allows', async () => {
    await room.tile('Ada').getByRole('link', { name: 'Ada', exact: true }).click()
    await expect(roomPage.getByTestId('span-start')).toBeVisible()
    await look('environment', roomPage)
    await roomPage.getByRole('link', { name: 'Open terminal' }).click()
    await expect(roomPage.getByTestId('view-asked')).toBeVisible()
    const asked = ada.getByTestId('viewing-asked')
    times.asked = await timeUntil(() => expect(asked).toContainText('Grace would like to see your terminal'))
    await look('asked', ada)

    await asked.getByRole('button', { name: 'Allow watching' }).click()
    const watched = new Terminal(roomPage)
    await expect(roomPage.getByTestId('watch-permission')).toContainText('You can look on, not type')
    await expect(ada.getByTestId('being-watched')).toContainText('Grace is watching')
    await desk.terminal.focus()
    await desk.terminal.run('echo seen-by-$((1 + 1))')
    await watched.expect('seen-by-2')
    await look('watching', roomPage)
    await look('watched', ada)
    // What a watcher types goes nowhere: it would stand before the trainee's next command.
    await watched.focus()
    await watched.type('echo not-')
    await desk.terminal.run('echo alone-$((2 + 2))')
    await watched.expect('alone-4')
    expect(await desk.terminal.text()).not.toContain('not-')

    await ada.getByRole('button', { name: 'Allow typing' }).click()
    await expect(roomPage.getByTestId('watch-permission')).toContainText('Ada lets you type')
    await expect(ada.getByTestId('being-watched')).toContainText('Grace is watching and may type')
    await watched.focus()
    await watched.run('echo typed-by-$((2 + 1))')
    await desk.terminal.expect('typed-by-3')
    await look('typing', roomPage)
    await ada.getByRole('button', { name: 'Stop watching' }).click()
    await expect(roomPage.getByTestId('watch-bar')).toContainText('Ada does not share the terminal now')
    await roomPage.getByRole('link', { name: 'Leave' }).click()
    await roomPage.getByRole('link', { name: 'The room' }).click()
  })

  await test.step('a message to the class arrives under nobody’s fingers', async () => {
    await desk.terminal.focus()
    await desk.terminal.type('echo before-')
    await roomPage.getByRole('button', { name: 'Message the class' }).click()
    await roomPage.getByRole('dialog').getByRole('textbox').fill('Lunch at twelve. Note what you found.')
    await roomPage.getByRole('button', { name: 'Send to everybody' }).click()
    const message = ada.getByRole('listitem').filter({ hasText: 'Lunch at twelve.' })
    times.message = await timeUntil(() => expect(message).toBeVisible({ timeout: 20_000 }))
    await expect(desk.terminal.input).toBeFocused()
    await desk.terminal.run('and-after-$((3 + 3))')
    await desk.terminal.expect('before-and-after-6')
    await look('message', ada)
    await look('messages', roomPage)
    await room.close()
  })

  await test.step('one of them gets more time', async () => {
    await room.choose('Ada')
    const question = await room.order('Extend')
    await expect(question.getByTestId('outcome-happens')).toContainText('1 machine will get more time')
    await room.confirm('Extend')
    await room.close()
    await room.chooseNobody()
    await expect(ada.getByRole('timer')).toContainText(/^1:\d\d:\d\d$/, { timeout: 20_000 })
  })

  await test.step('everybody stops for lunch', async () => {
    // A terminal that is open then tries to come back until it is told that its machine is gone.
    complaints.foresee(/WebSocket connection to .*(CONNECTION_REFUSED|before the connection)/)
    await room.chooseEverybody()
    const question = await room.order('Stop')
    await expect(question.getByTestId('outcome-happens')).toContainText(
      `${EVERYBODY} machines will be deleted`,
    )
    await look('stop-preview', roomPage)
    times.stopAsked = await timeUntil(() => room.confirm('Stop'))
    await expect(roomPage.getByTestId('outcome-happens')).toContainText(`${EVERYBODY} machines being deleted`)
    await look('stop-over', roomPage)
    await room.close()
    times.everybodyStopped = await timeUntil(() =>
      expect.poll(() => room.count('ended'), { timeout: 120_000 }).toBe(EVERYBODY),
    )
    await desk.expectReceipt()
    await expect(desk.receipt).toContainText('verified absent')
    await look('receipt', ada)
    await look('room-ended', roomPage)
  })

  await test.step('what was used, and the proof that it is gone, are files', async () => {
    await classroom.open('Usage')
    await expect(page.getByTestId('totals')).toContainText(String(EVERYBODY))
    await look('usage')
    const usage = await classroom.download('Usage (CSV)')
    expect(usage.name).toBe(`${CODE} usage.csv`)
    expect(usage.text.match(/intruder-in-logs/g)).toHaveLength(EVERYBODY)
    const receipts = await classroom.download('Receipts (CSV)')
    expect(receipts.text.match(/\benv_/g)?.length).toBeGreaterThanOrEqual(EVERYBODY)
    await classroom.open('Events')
    await expect(page.getByTestId('class-events')).toContainText('Grace')
    await look('events')
  })

  await test.step('the class is put away, and deleted with a receipt', async () => {
    // Nobody looks at it any more: an archived class signs its trainees out.
    for (const onlooker of [roomPage, ada, lin]) await onlooker.close()
    await classroom.open('Settings')
    await page.getByRole('button', { name: 'Archive' }).click()
    await expect(page.getByRole('button', { name: 'Bring back' })).toBeVisible()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('textbox', { name: `Type ${CODE} to confirm` }).fill(CODE)
    await look('delete')
    const deleted = page.getByRole('heading', { name: '“A day of lab work” is deleted' })
    // Requests that were under way when it was archived end first: half a minute.
    complaints.foresee(/status of 409 .*\/api\/admin\/classes\//)
    await expect(async () => {
      await page.getByRole('button', { name: 'Delete the class' }).click()
      await expect(deleted).toBeVisible({ timeout: 5_000 })
    }).toPass({ timeout: 60_000 })
    await look('deletion')
    await page.getByRole('link', { name: 'To my classes' }).click()
    await expect(page.getByTestId('class-DEMO-2026')).toBeVisible()
    await expect(page.getByTestId(`class-${CODE}`)).toHaveCount(0)
  })

  console.log(times)
  for (const seen of ['check', 'hand']) expect(times[seen]).toBeLessThan(LIVE_MS)
})

import { expect, test } from '../fixtures.ts'

test('a wrong password is told and nothing that was typed is lost', async ({
  page,
  portal,
  stack,
  complaints,
}) => {
  complaints.foresee(/status of 401 .*\/api\/login\)/)
  const ada = stack.demoMember('ada')
  await portal.signIn(ada, 'not-her-password')
  await expect(page.getByTestId('sign-in-error')).toContainText('does not belong together')
  await expect(page.getByLabel('Class code')).toHaveValue(ada.classCode)
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(ada.name)

  await page.getByLabel('Password').fill(ada.password)
  await page.keyboard.press('Enter')
  await expect(portal.labs).toHaveCount(3)
  await expect(page.getByRole('banner')).toContainText('Ada')
})

test('the session is a cookie that scripts cannot read, of this browser alone, and signing out ends it', async ({
  page,
  portal,
  stack,
  trainee,
  browser,
  complaints,
}) => {
  await portal.enter(trainee)
  const [cookie, ...others] = await page.context().cookies()
  expect(others).toEqual([])
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' })
  expect(cookie?.name).toMatch(/^__Host-/)
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.reload()
  await expect(portal.labs).toHaveCount(3)

  const stranger = await browser.newContext({ baseURL: stack.url })
  complaints.listenTo(stranger)
  const elsewhere = await stranger.newPage()
  await elsewhere.goto('/labs')
  await expect(elsewhere.getByRole('heading', { name: 'Join your class' })).toBeVisible()
  await stranger.close()

  // Whoever kept a copy of the cookie is signed out as well.
  const kept = await page.context().cookies()
  await portal.signOut()
  expect(await page.context().cookies()).toEqual([])
  await page.context().addCookies(kept)
  await page.goto('/labs')
  await expect(page.getByRole('heading', { name: 'Join your class' })).toBeVisible()
})

import { expect, type Page } from '@playwright/test'

import type { Instructor, Person } from '../stack/Stack.ts'
import { Desk } from './Desk.ts'

/** The portal through a person's eyes and hands, up to the workspace. */
export class Portal {
  constructor(readonly page: Page) {}

  async signIn(person: Person, password = person.password): Promise<void> {
    await this.page.goto('/')
    await this.page.getByLabel('Class code').fill(person.classCode)
    await this.page.getByLabel('Name', { exact: true }).fill(person.name)
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  /** Signs in and sees the labs. */
  async enter(person: Person): Promise<void> {
    await this.signIn(person)
    await expect(this.labs).toHaveCount(3)
  }

  /** An instructor's own door, and the classes behind it. */
  async teach({ name, password }: Instructor): Promise<void> {
    await this.page.goto('/teach')
    await this.page.getByLabel('Name', { exact: true }).fill(name)
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await expect(this.page.getByRole('heading', { name: 'Classes', level: 1 })).toBeVisible()
  }

  get labs() {
    return this.page.getByRole('article')
  }

  /** Presses Play and works at the machine as soon as its prompt is there. */
  async play(lab: string): Promise<Desk> {
    await this.page.getByTestId(`play-${lab}`).click()
    return this.desk()
  }

  /** The workspace that is open on this page. */
  async desk(): Promise<Desk> {
    const desk = new Desk(this.page)
    await desk.terminal.expectPrompt()
    return desk
  }

  /** The same address in a tab of its own. */
  async inAnotherTab(tab: Page, address: string): Promise<Desk> {
    await tab.goto(address)
    return new Portal(tab).desk()
  }

  /** Lets nothing new be told about environments until released, so that what passes quickly can be looked at. */
  async holdEnvironments(): Promise<{ release(): Promise<void> }> {
    const held = '**/api/environments/*'
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await this.page.route(held, async (route) => {
      if (route.request().method() === 'GET') await released
      await route.fallback()
    })
    return {
      release: async () => {
        release()
        await this.page.unroute(held)
      },
    }
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click()
    await expect(this.page.getByRole('heading', { name: 'Join your class' })).toBeVisible()
  }
}

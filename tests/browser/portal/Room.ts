import { expect, type Locator, type Page } from '@playwright/test'

type Order = 'Start' | 'Stop' | 'Extend' | 'Restart' | 'Message' | 'Lower hand'

/** The room as an instructor sees it: a tile for everybody, and what can be done to those who are chosen. */
export class Room {
  constructor(readonly page: Page) {}

  get tiles(): Locator {
    return this.page.getByRole('list', { name: 'Everybody in the room' }).getByRole('listitem')
  }

  tile(name: string): Locator {
    return this.tiles.filter({
      has: this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }),
    })
  }

  /** How many are in a state, as the filter says. */
  async count(state: string): Promise<number> {
    return Number(await this.page.getByTestId(`filter-${state}`).locator('strong').innerText())
  }

  async choose(name: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).check()
  }

  async chooseEverybody(): Promise<void> {
    await this.page.getByTestId('choose-all').check()
  }

  async leaveOut(name: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: `Choose ${name}`, exact: true }).uncheck()
  }

  async chooseNobody(): Promise<void> {
    await this.page.getByRole('button', { name: 'Choose nobody' }).click()
  }

  /** Opens the question of an order; what would happen is listed before anything does. */
  async order(kind: Order): Promise<Locator> {
    const bar = this.page.getByRole('toolbar', { name: 'Actions on the chosen' })
    await bar.getByRole('button', { name: kind, exact: true }).click()
    const dialog = this.page.getByRole('dialog')
    await expect(dialog.getByTestId('order')).toHaveAttribute('data-phase', 'previewed', { timeout: 20_000 })
    return dialog
  }

  /** Gives the order that was looked at, and sees what became of it. */
  async confirm(kind: Order): Promise<void> {
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('button', { name: kind, exact: true }).click()
    await expect(dialog.getByTestId('order')).toHaveAttribute('data-phase', 'over', { timeout: 60_000 })
  }

  async close(): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await expect(this.page.getByRole('dialog')).toHaveCount(0)
  }
}

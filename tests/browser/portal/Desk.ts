import { expect, type Page } from '@playwright/test'

import { Terminal } from './Terminal.ts'

/** The workspace of a machine that is ready, and what comes after it. */
export class Desk {
  readonly terminal: Terminal

  constructor(private readonly page: Page) {
    this.terminal = new Terminal(page)
  }

  get guide() {
    return this.page.getByTestId('guide')
  }

  get receipt() {
    return this.page.getByTestId('receipt')
  }

  /** Stop, yes, and the receipt of a machine that is gone. */
  async stop(): Promise<void> {
    await this.page.getByRole('button', { name: 'Stop', exact: true }).click()
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click()
    await this.expectReceipt()
  }

  async expectReceipt(): Promise<void> {
    await expect(this.receipt).toBeVisible({ timeout: 20_000 })
  }
}

import { expect, type Page } from '@playwright/test'

/** The terminal as it is seen: its rows on the page. What is typed goes wherever the focus is, as from a keyboard. */
export class Terminal {
  private questions = 0

  constructor(private readonly page: Page) {}

  get frame() {
    return this.page.getByTestId('terminal')
  }

  get rows() {
    return this.frame.locator('.xterm-rows')
  }

  /** Where the keyboard's events go while the terminal has the focus. */
  get input() {
    return this.frame.getByRole('textbox')
  }

  /** Readable text, one line a row, without the empty rest of the screen. */
  async text(): Promise<string> {
    const rows = await this.rows.locator('> div').allTextContents()
    return rows
      .map((row) => row.trimEnd())
      .join('\n')
      .trimEnd()
  }

  async focus(): Promise<void> {
    await this.frame.locator('.screen').click()
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text)
  }

  async run(command: string): Promise<void> {
    await this.type(`${command}\n`)
  }

  async rowCount(): Promise<number> {
    return this.rows.locator('> div').count()
  }

  /** The size that programs see. */
  async size(): Promise<{ rows: number; cols: number }> {
    this.questions += 1
    const answer = new RegExp(`size-${this.questions}: (\\d+) (\\d+)`)
    await this.run(`echo "size-${this.questions}: $(stty size)"`)
    await this.expect(answer)
    const [, rows, cols] = answer.exec(await this.text()) ?? []
    return { rows: Number(rows), cols: Number(cols) }
  }

  /** The colour in which a line that is exactly this, or a coloured part of a line, stands on the page. */
  async colourOf(text: string): Promise<string> {
    const span = this.rows.locator('span').filter({ hasText: new RegExp(`^${text}$`) })
    return span.first().evaluate((element) => getComputedStyle(element).color)
  }

  async expectPrompt(): Promise<void> {
    await expect.poll(() => this.text(), { timeout: 20_000, intervals: [20] }).toMatch(/\$$/)
  }

  async expect(text: string | RegExp): Promise<void> {
    await expect(this.rows).toContainText(text)
  }

  async expectState(state: 'live' | 'reconnecting', timeout = 10_000): Promise<void> {
    await expect(this.frame).toHaveAttribute('data-state', state, { timeout })
  }
}

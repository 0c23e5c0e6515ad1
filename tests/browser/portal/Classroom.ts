import { expect, type Download, type Page } from '@playwright/test'

export interface NewClass {
  title: string
  code: string
  timeZone: string
  seats: number
  /** Minutes that one press of the trainee adds. */
  extension: number
}

type ClassPage = 'Room' | 'People' | 'Labs' | 'Usage' | 'Events' | 'Settings'

/** What an instructor does around a class: makes it, fills it, closes it. The room is a page of its own. */
export class Classroom {
  constructor(readonly page: Page) {}

  async create({ title, code, timeZone, seats, extension }: NewClass): Promise<void> {
    await this.page.getByRole('link', { name: 'New class' }).click()
    await this.page.getByRole('textbox', { name: 'Title', exact: true }).fill(title)
    await this.page.getByRole('textbox', { name: 'Class code' }).fill(code)
    await this.page.getByRole('combobox', { name: 'Time zone' }).fill(timeZone)
    await this.page.getByRole('option', { name: timeZone, exact: true }).click()
    await this.page.getByTestId('seats').fill(String(seats))
    await this.page.getByTestId('trainee_extension_minutes').fill(String(extension))
    await this.page.getByRole('button', { name: 'Create the class' }).click()
    await expect(this.page.getByTestId('class-title')).toHaveText(title)
    await expect(this.page.getByTestId('class-code')).toHaveText(code)
  }

  async open(name: ClassPage): Promise<void> {
    const tab = this.page
      .getByRole('navigation', { name: 'Class', exact: true })
      .getByRole('link', { name, exact: true })
    await tab.click()
    await expect(tab).toHaveAttribute('aria-current', 'page')
  }

  /** A folder from this device; the API finds it good before it is stored. */
  async uploadLab(folder: string): Promise<void> {
    await this.open('Labs')
    await this.page.getByTestId('upload').click()
    await this.page.getByTestId('lab-folder').setInputFiles(folder)
    await expect(this.page.getByTestId('lab-good')).toBeVisible()
    await this.page.getByRole('button', { name: 'Upload', exact: true }).click()
    await expect(this.page.getByTestId('class-lab')).toBeVisible()
  }

  /** Chooses a roster and looks at it: nothing is imported yet. */
  async previewRoster(csv: string): Promise<void> {
    await this.open('People')
    await this.page.getByTestId('open-roster').click()
    const buffer = Buffer.from(csv)
    const file = { name: 'roster.csv', mimeType: 'text/csv', buffer }
    await this.page.getByTestId('roster-dialog').locator('input[type=file]').setInputFiles(file)
    await this.page.getByRole('button', { name: 'Look at it first' }).click()
    await expect(this.page.getByTestId('roster-rows')).toBeVisible()
  }

  /** The address of a new join link. */
  async makeJoinLink(): Promise<string> {
    await this.page.getByTestId('open-links').click()
    await this.page.getByRole('button', { name: 'Make a link' }).click()
    return this.page.getByTestId('link-address').innerText()
  }

  /** What a press of the button saves, as text. */
  async download(button: string): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('button', { name: button }).click(),
    ])
    return { name: download.suggestedFilename(), text: await contents(download) }
  }
}

async function contents(download: Download): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

import { expect, type BrowserContext } from '@playwright/test'

/** What browsers said in their consoles: errors, uncaught exceptions, breaches of the content security policy. */
export class Complaints {
  private readonly heard: string[] = []
  private readonly foreseen: RegExp[]

  constructor(portal: string) {
    // The browser itself reports every 401; that one is how a page learns that nobody is signed in.
    this.foreseen = [new RegExp(`status of 401 .*\\(${portal}/api/me\\)`)]
  }

  listenTo(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) {
        this.heard.push(`${message.text()} (${message.location().url})`)
      }
    })
    context.on('weberror', (error) =>
      this.heard.push(`uncaught: ${error.error().stack ?? error.error().message}`),
    )
  }

  /** The journey itself brings this about. */
  foresee(complaint: RegExp): void {
    this.foreseen.push(complaint)
  }

  expectNone(): void {
    const unforeseen = this.heard.filter((text) => !this.foreseen.some((pattern) => pattern.test(text)))
    expect(unforeseen, 'the console stays quiet').toEqual([])
  }
}

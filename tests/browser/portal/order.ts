import { expect, type Page } from '@playwright/test'

/** Nothing scrolls sideways, and no control stands outside the window or on top of another. */
export async function expectInOrder(page: Page): Promise<void> {
  const disorder = await page.evaluate(() => {
    const found: string[] = []
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways')
    const controls = [...document.querySelectorAll('header button, header a, .toolbar button, main .v-btn')]
      .filter((control) => control.checkVisibility({ visibilityProperty: true }))
      .map((control) => ({
        label: control.textContent?.trim() || control.ariaLabel,
        box: control.getBoundingClientRect(),
      }))
    for (const [index, { label, box }] of controls.entries()) {
      if (box.left < 0 || box.right > width + 1) found.push(`"${label}" sticks out`)
      for (const other of controls.slice(index + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
        if (across > 1 && down > 1) found.push(`"${label}" and "${other.label}" overlap`)
      }
    }
    return found
  })
  expect(disorder).toEqual([])
}

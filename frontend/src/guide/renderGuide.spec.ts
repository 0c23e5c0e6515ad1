// @vitest-environment jsdom -- the sanitiser needs a DOM whose parser follows the HTML standard
import { describe, expect, it } from 'vitest'

import { codeOf, renderGuide } from './renderGuide'

function render(markdown: string) {
  const page = document.createElement('div')
  page.innerHTML = renderGuide(markdown)
  return page
}

describe('the guide', () => {
  it('shows raw HTML as text', () => {
    const page = render('<script>alert(1)</script> <img src=x onerror=alert(1)>')
    expect(page.querySelector('script, img')).toBeNull()
    expect(page.textContent).toContain('<script>')
  })

  it('makes no link out of a script', () => {
    expect(render('[x](javascript:alert(1))').querySelector('a')).toBeNull()
  })

  it('loads no picture from elsewhere', () => {
    const page = render('![A diagram](https://example.com/spy.png)')
    expect(page.querySelector('img')).toBeNull()
    expect(page.textContent).toContain('A diagram')
  })

  it('shows a picture that is part of the guide', () => {
    const image = render('![dot](data:image/png;base64,iVBORw0KGgo=)').querySelector('img')
    expect(image?.getAttribute('src')).toMatch(/^data:image\/png/)
    expect(image?.alt).toBe('dot')
  })

  it('opens links beside the lab, without a way back into the portal', () => {
    const link = render('[git](https://git-scm.com)').querySelector('a')
    expect(link?.target).toBe('_blank')
    expect(link?.rel).toContain('noopener')
  })

  it('starts its headings below the heading of the page', () => {
    expect(render('# One\n## Two').innerHTML).toMatch(/<h2>One<\/h2>\s*<h3>Two<\/h3>/)
  })

  it('offers to type a command and to copy anything', () => {
    const page = render('```sh\nls -la\n```\n\n```text\nan output\n```')
    expect(page.querySelectorAll('[data-guide="type"]')).toHaveLength(1)
    expect(page.querySelectorAll('[data-guide="copy"]')).toHaveLength(2)
  })

  it('types a command without the Enter that would run it', () => {
    const button = render('```sh\ngit log &&\n  echo "<done>"\n```').querySelector('[data-guide="type"]')
    expect(button && codeOf(button)).toBe('git log &&\n  echo "<done>"')
  })
})

import { afterEach, describe, expect, it, vi } from 'vitest'

import { enterTab } from './enterTab'

describe('entering a web tab', () => {
  afterEach(() => vi.restoreAllMocks())

  it('posts the secret to the gate and keeps it out of the address and the page', () => {
    let sent: { action: string; method: string; target: string; secret: FormDataEntryValue | null } | null =
      null
    vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function (this: HTMLFormElement) {
      sent = {
        action: this.action,
        method: this.method,
        target: this.target,
        secret: this.querySelector('input')?.value ?? null,
      }
    })
    enterTab('http://127.0.1.2:7081/', 'open sesame', 'frame-1')
    expect(sent).toEqual({
      action: 'http://127.0.1.2:7081/.brihaspati/enter',
      method: 'post',
      target: 'frame-1',
      secret: 'open sesame',
    })
    expect(document.querySelector('form')).toBeNull()
  })
})

/**
 * A lab's guide as HTML. The guide is an instructor's text, not ours: raw HTML stays text, pictures come only from the
 * guide itself (`data:`), links open beside the lab, and the result is sanitised once more.
 */
import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })
const { escapeHtml } = markdown.utils

const EMBEDDED_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);/i
const HTTP_LINK = /^https?:/i

/** The page has its own first heading; the guide's start one below. */
markdown.core.ruler.push('headings-below-the-page', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type !== 'heading_open' && token.type !== 'heading_close') continue
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 1)}`
  }
})

markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index]
  const alt = escapeHtml(token?.content ?? '')
  const source = String(token?.attrGet('src') ?? '')
  if (!EMBEDDED_IMAGE.test(source))
    return `<em class="no-image">[picture not shown: ${alt || 'no description'}]</em>`
  return `<img src="${escapeHtml(source)}" alt="${alt}">`
}

markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index]
  if (HTTP_LINK.test(String(token?.attrGet('href') ?? ''))) {
    token?.attrSet('target', '_blank')
    token?.attrSet('rel', 'noopener noreferrer')
  }
  return self.renderToken(tokens, index, options)
}

markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>'
markdown.renderer.rules.table_close = () => '</table></div>'

markdown.renderer.rules.fence = (tokens, index) => {
  const token = tokens[index]
  return codeBlock(token?.content ?? '', (token?.info ?? '').trim().split(/\s+/)[0] ?? '')
}
markdown.renderer.rules.code_block = (tokens, index) => codeBlock(tokens[index]?.content ?? '', '')

/** Languages in which a block is something to be typed; others (output, listings) are only copied. */
const TYPED = new Set(['', 'sh', 'bash', 'shell', 'console', 'zsh'])

function codeBlock(code: string, language: string): string {
  const paste = TYPED.has(language.toLowerCase())
    ? '<button type="button" data-guide="type">Paste into terminal</button>'
    : ''
  return (
    `<div class="code"><pre tabindex="0"><code>${escapeHtml(code)}</code></pre>` +
    `<div class="code-actions">${paste}<button type="button" data-guide="copy">Copy</button></div></div>`
  )
}

export function renderGuide(source: string): string {
  return DOMPurify.sanitize(markdown.render(source), {
    USE_PROFILES: { html: true },
    ADD_ATTR: ['target'],
    FORBID_TAGS: ['style', 'form', 'input', 'textarea', 'select', 'video', 'audio', 'picture', 'source'],
    FORBID_ATTR: ['style', 'srcset'],
  })
}

/** What a code block says, without the line end that closes it: typed text must not run by itself. */
export function codeOf(button: Element): string {
  const code = button.closest('.code')?.querySelector('code')?.textContent ?? ''
  return code.replace(/\n+$/, '')
}

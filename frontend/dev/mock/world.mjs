/** What the mock remembers: who is signed in, the class, its labs. */
export const port = Number(process.argv[2] ?? 8099)
export const stepMs = Number(process.env.MOCK_STEP_MS ?? 600)
export const lifetimeMs = Number(process.env.MOCK_LIFETIME_MS ?? 90 * 60_000)

export const soon = (milliseconds) => new Date(Date.now() + milliseconds).toISOString()

/** MOCK_OPENS_IN_MS: the class opens that long after the start. */
export const opensAt = process.env.MOCK_OPENS_IN_MS ? soon(Number(process.env.MOCK_OPENS_IN_MS)) : null

/** One session for every browser: this is a stand-in, not an API. */
export const world = { session: null, environments: [], messages: [] }

export const labs = [
  {
    slug: 'secrets-in-git',
    title: 'Secrets in git history',
    summary:
      'A token was committed months ago and removed the day after. Find it, prove it, and take it out of the history for good.',
    minutes: 45,
  },
  {
    slug: 'vulnerable-api',
    title: 'Attack and fix a small API',
    summary:
      'A notes service trusts its callers a little too much. Read other people’s notes, then close the hole with a test.',
    minutes: 60,
  },
  {
    slug: 'intruder-in-logs',
    title: 'An intruder in the logs',
    summary: 'Three hosts, one night, forty thousand lines. Who came in, from where, and what did they take?',
    minutes: 40,
  },
  {
    slug: 'broken-setup',
    title: 'A lab that fails',
    summary: 'Its set-up script ends with an error.',
    minutes: 5,
  },
  {
    slug: 'silent-provider',
    title: 'A provider that keeps silent',
    summary: 'Nobody says for a while whether the machine is gone.',
    minutes: 5,
  },
  {
    slug: 'too-dear',
    title: 'A lab beyond the budget',
    summary: 'Eight cores, and nobody to pay for them.',
    minutes: 90,
  },
]

export const markdown = `# Secrets in git history

Somebody committed a **deploy token** and removed it the day after. Removing a line does not remove it from the history.

## 1. Look around

The repository is in \`~/shop\`.

\`\`\`sh
cd ~/shop
git log --oneline | head
\`\`\`

> Every command here works without the internet.

## 2. Find it

\`\`\`sh
git log -p -S 'TOKEN' --all
\`\`\`

1. Write the commit down.
2. Ask yourself who could have read it since.

| file | first seen |
|---|---|
| \`deploy.env\` | 12 March |

![A remote picture](https://example.com/x.png) <script>alert(1)</script> and a [link](https://git-scm.com).

\`\`\`text
Expected: one commit, one line.
\`\`\`
`

import { test } from '../fixtures.ts'

test.use({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })

/** The README's picture, taken again by `npm --prefix tests/browser run pictures`. */
test('the workspace', async ({ page, portal, stack }) => {
  await portal.enter(stack.demoMember('ada'))
  const { terminal } = await portal.play('intruder-in-logs')
  const commands: [command: string, answer: RegExp][] = [
    ['clear; cd ~/logs; wc -l *', /\d+ total/],
    ["grep -c 'Failed password' auth.log", /auth\.log\s*2\d{3}/],
    ["awk '/Failed password/ { print $(NF-3) }' auth.log | sort | uniq -c | sort -rn | head -5", /420 198/],
    ["awk '/Accepted/ { print $(NF-3) }' auth.log | sort | uniq -c | sort -rn | head -4", /11 10\.20/],
    ['cut -c12-96 auth.log | grep --color -m7 postgres', /(user postgres.*){7}/],
  ]
  for (const [command, answer] of commands) {
    await terminal.run(command)
    await terminal.expect(answer)
    await terminal.expectPrompt()
  }
  await page.screenshot({ path: '../../docs/images/workspace.png', animations: 'disabled' })
})

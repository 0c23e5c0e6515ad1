// Writes `_redirects` into the built portal: where Netlify sends `/api/*`. That is the installation's own HTTP API,
// which netlify.toml can't name: the file is the same for everybody, and Netlify replaces no variables in it. Rules of
// `_redirects` come before those of netlify.toml.
// https://docs.netlify.com/manage/routing/redirects/overview/
//
//   API_URL=https://….execute-api.eu-west-1.amazonaws.com node netlify/redirects.mjs [folder]

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The rule that hands `/api/*` to the API at this origin. Throws where that is no https origin. */
function rule(api) {
  const origin = api?.replace(/\/$/, '')
  if (!URL.canParse(origin) || new URL(origin).protocol !== 'https:' || new URL(origin).origin !== origin) {
    throw new Error('API_URL must be the stack output ApiUrl: an https origin without a path')
  }
  return `/api/*  ${origin}/api/:splat  200!\n`
}

const folder = process.argv[2] ?? 'dist'
try {
  if (!existsSync(join(folder, 'index.html'))) throw new Error(`the portal is not built in ${folder}`)
  writeFileSync(join(folder, '_redirects'), rule(process.env.API_URL))
} catch (error) {
  process.stderr.write(`redirects: ${error.message}\n`)
  process.exitCode = 1
}

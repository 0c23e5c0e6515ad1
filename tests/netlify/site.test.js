// What Netlify's own libraries make of netlify.toml and of what the build writes beside the portal.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { resolveConfig } from '@netlify/config'
import { HeadersHandler } from '@netlify/headers'
import { RedirectsHandler } from '@netlify/redirects'

const root = fileURLToPath(new URL('../..', import.meta.url))
const configPath = join(root, 'netlify.toml')
const apiUrl = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com'
const portal = 'https://labs.example.org'

let site
let config

/** Runs what the build runs last; its exit code and what it says. */
function writeRedirects(API_URL) {
  const script = join(root, 'frontend/netlify/redirects.mjs')
  const env = { PATH: process.env.PATH, ...(API_URL === undefined ? {} : { API_URL }) }
  return spawnSync(process.execPath, [script, site], { env, encoding: 'utf8', timeout: 10_000 })
}

/** Where Netlify would take a request. */
function match(path) {
  const handler = new RedirectsHandler({
    configPath,
    configRedirects: config.redirects,
    jwtRoleClaim: '',
    jwtSecret: '',
    projectDir: root,
    publicDir: site,
  })
  return handler.match(new Request(new URL(path, portal)))
}

/** The headers with which Netlify would serve a file. */
async function headers(path) {
  const handler = new HeadersHandler({
    configPath,
    configHeaders: config.headers,
    projectDir: root,
    publishDir: relative(root, site),
    logger: console,
  })
  const response = new Response()
  await handler.apply(new Request(new URL(path, portal)), response)
  return response.headers
}

before(async () => {
  site = mkdtempSync(join(tmpdir(), 'site-'))
  writeFileSync(join(site, 'index.html'), 'the page')
  config = (await resolveConfig({ repositoryRoot: root, cwd: root, offline: true, mode: 'cli' })).config
})

after(() => rmSync(site, { recursive: true }))

test('what is published is what the portal builds', () => {
  assert.equal(config.build.publish, join(root, 'frontend/dist'))
  assert.equal(config.build.base, join(root, 'frontend'))
  const { scripts } = JSON.parse(readFileSync(join(root, 'frontend/package.json'), 'utf8'))
  for (const [, name] of config.build.command.matchAll(/npm run (\S+)/g)) assert.ok(scripts[name], name)
  assert.match(config.build.command, /&& node netlify\/redirects\.mjs$/)
})

test('requests to /api go to the installation of API_URL, with path and query', async () => {
  assert.equal(writeRedirects(apiUrl).status, 0)
  const found = await match('/api/admin/classes?after=cls_1')
  assert.equal(found.target.href, `${apiUrl}/api/admin/classes?after=cls_1`)
  assert.deepEqual([found.statusCode, found.external, found.force], [200, true, true])
})

test('every other path is the page, whose router knows it, unless there is a file', async () => {
  assert.equal(writeRedirects(`${apiUrl}/`).status, 0)
  const page = config.redirects.filter((rule) => rule.from === '/*')
  assert.deepEqual(
    page.map(({ to, status, force }) => ({ to, status, force })),
    [{ to: '/index.html', status: 200, force: false }],
  )
  // The library leaves that one rule to whoever asks, and no other rule is about these paths.
  for (const path of ['/', '/labs', '/environments/env_1', '/apis'])
    assert.equal(await match(path), undefined, path)
})

test('a build without the address of the API fails and says what is missing', () => {
  for (const wrong of [
    undefined,
    '',
    'http://api.example.org',
    `${apiUrl}/api`,
    `${apiUrl} /* /x 200`,
    'api.example.org',
  ]) {
    const run = writeRedirects(wrong)
    assert.equal(run.status, 1, String(wrong))
    assert.match(run.stderr, /API_URL must be the stack output ApiUrl/)
  }
})

test('pages carry the headers that keep others out, and assets are kept by browsers', async () => {
  const page = await headers('/labs')
  assert.match(
    page.get('content-security-policy'),
    /^default-src 'none'; script-src 'self';.* frame-ancestors 'none'$/,
  )
  assert.equal(page.get('x-content-type-options'), 'nosniff')
  assert.match(page.get('strict-transport-security'), /max-age=\d{8}/)
  assert.equal(page.get('cache-control'), 'no-cache')
  assert.match((await headers('/assets/index-1234.js')).get('cache-control'), /immutable/)
})

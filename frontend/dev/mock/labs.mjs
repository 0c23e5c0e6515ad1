/** Labs of a class. A folder whose lab.yaml has a tab in it does not pass. */
import { json, noContent, problem, staleness } from './answers.mjs'
import { labs as known, markdown, soon } from './world.mjs'

const DAY = 24 * 3_600_000
const version = () => Math.random().toString(16).slice(2, 14).padEnd(12, '0')

const labs = known.map(({ slug, title, summary, minutes }, position) => ({
  slug,
  title,
  summary,
  minutes,
  version: version(),
  pushed_at: soon(-position * DAY),
  pushed_by: 'Grace',
  position,
  hidden: slug === 'broken-setup',
  starts_per_trainee: position === 1 ? 3 : null,
  check_count: [4, 6, 3, 0, 0][position] ?? 0,
  placements: [
    { provider: 'linode', region: 'eu-central', size: 'g6-nanode-1', image: 'linode/debian12' },
    { provider: 'digitalocean', region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-12-x64' },
  ],
  old_running: position === 0 ? 12 : 0,
  revision: 1,
}))
const versions = new Map(
  labs.map((lab) => [
    lab.slug,
    [
      { version: lab.version, pushed_at: lab.pushed_at, pushed_by: lab.pushed_by },
      { version: version(), pushed_at: soon(-9 * DAY), pushed_by: 'Lin' },
    ],
  ]),
)
const files = [
  { path: 'checks/1-findings.sh', bytes: 812, executable: true },
  { path: 'checks/2-history.sh', bytes: 1_204, executable: true },
  { path: 'files/shop.tar.gz', bytes: 48_213, executable: false },
  { path: 'guide.md', bytes: 6_120, executable: false },
  { path: 'lab.yaml', bytes: 690, executable: false },
  { path: 'setup.sh', bytes: 1_931, executable: true },
]

const ofLab = (handle) => (request) => {
  const found = labs.find(({ slug }) => slug === request.params.lab)
  return found ? handle(found, request) : problem(404, 'lab_not_found', 'There is no such lab in this class.')
}

const detail = (lab) => ({
  ...lab,
  versions: versions.get(lab.slug).map((entry) => ({ ...entry, current: entry.version === lab.version })),
  files,
  guide: markdown,
})

function problemsOf({ json: asked }) {
  const manifest = asked.files?.find(({ path }) => path === 'lab.yaml')
  const lines = Buffer.from(manifest?.content ?? '', 'base64')
    .toString()
    .split('\n')
  return lines.flatMap((line, index) =>
    line.includes('\t')
      ? [
          {
            file: 'lab.yaml',
            line: index + 1,
            column: line.indexOf('\t') + 1,
            field: 'placements[0].size',
            problem: 'a tab stands where YAML needs spaces',
            fix: 'replace the tab with two spaces',
            severity: 'error',
          },
        ]
      : [],
  )
}

function validate(request) {
  const problems = problemsOf(request)
  return json(200, { problems, slug: request.params.lab, title: problems.length ? null : titleOf(request) })
}

function titleOf({ json: asked, params }) {
  const manifest = asked.files?.find(({ path }) => path === 'lab.yaml')
  const text = Buffer.from(manifest?.content ?? '', 'base64').toString()
  return /^title: *(.+)$/m.exec(text)?.[1] ?? params.lab
}

function push(request) {
  const { lab: slug } = request.params
  if (problemsOf(request).length) return problem(422, 'invalid_lab', 'The lab has mistakes.')
  const made = { version: version(), pushed_at: soon(0), pushed_by: 'Grace' }
  let lab = labs.find((one) => one.slug === slug)
  if (!lab) {
    lab = {
      ...labs[0],
      slug,
      position: labs.length,
      old_running: 0,
      hidden: false,
      summary: 'Newly uploaded.',
    }
    labs.push(lab)
    versions.set(slug, [])
  }
  Object.assign(lab, made, { title: titleOf(request) })
  versions.get(slug).unshift(made)
  return json(200, { slug, title: lab.title, version: lab.version, unchanged: false, warnings: [] })
}

function settings(lab, request) {
  const refusal = staleness(lab, request)
  if (refusal) return refusal
  Object.assign(lab, request.json, { revision: lab.revision + 1 })
  return json(200, lab, { etag: `"${lab.revision}"` })
}

function makeCurrent(lab, { json: asked }) {
  lab.version = asked.version
  return noContent()
}

function remove(lab) {
  if (lab.old_running)
    return problem(409, 'lab_still_running', 'Somebody has this lab running. Stop it first.')
  labs.splice(labs.indexOf(lab), 1)
  return noContent()
}

const LABS = '/api/admin/classes/{class}/labs'

export const routes = [
  ['GET', LABS, () => json(200, { labs: labs.toSorted((a, b) => a.position - b.position) }), 'instructor'],
  [
    'GET',
    `${LABS}/{lab}`,
    ofLab((lab) => json(200, detail(lab), { etag: `"${lab.revision}"` })),
    'instructor',
  ],
  ['PUT', `${LABS}/{lab}`, push, 'instructor'],
  ['POST', `${LABS}/{lab}/validate`, validate, 'instructor'],
  ['PUT', `${LABS}/{lab}/settings`, ofLab(settings), 'instructor'],
  ['PUT', `${LABS}/{lab}/version`, ofLab(makeCurrent), 'instructor'],
  ['DELETE', `${LABS}/{lab}`, ofLab(remove), 'instructor'],
]

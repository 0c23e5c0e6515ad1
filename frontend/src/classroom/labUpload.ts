/** A lab as a folder or an archive of this device, made ready to be sent. What is in it, the API judges. */
import type { LabFile, LabUpload } from '@/api/adminTypes'

export interface ChosenLab {
  /** What the folder or archive is called, as an address could have it. */
  slug: string
  upload: LabUpload
  /** For people: "7 files, 12 kB". */
  summary: string
}

/** A lab that was chosen cannot be sent, and why. */
export class UnusableLab extends Error {}

/** The API's own bounds of a lab. */
export const MOST_BYTES = 1 << 20
const MOST_FILES = 300

/** Belongs to tools and systems, never to a lab. */
const NOT_OURS =
  /(^|\/)(\.git|\.hg|\.svn|node_modules|__pycache__|__MACOSX)(\/|$)|(^|\/)(\.DS_Store|Thumbs\.db)$/

/** What a lab is made of; a solution or notes beside it stay on this device, as with the command line. */
const OF_A_LAB = /^(lab\.yaml|guide\.md|setup\.sh|files\/.+|checks\/[^/]+\.sh)$/

export const SLUG_SHAPE = /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/

export function slugFrom(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\.(zip|tgz|tar\.gz)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
}

/** The files of a chosen folder; the folder itself is not part of their paths. */
export async function fromFolder(chosen: readonly File[]): Promise<ChosenLab> {
  const entries = chosen
    .map((file) => ({ file, parts: (file.webkitRelativePath || file.name).split('/') }))
    .filter(({ parts }) => !NOT_OURS.test(parts.join('/')))
  const folder = entries[0]?.parts.length ? (entries[0].parts[0] ?? '') : ''
  const inFolder = entries.every(({ parts }) => parts.length > 1 && parts[0] === folder)
  if (entries.length === 0) throw new UnusableLab('The folder is empty.')
  if (entries.length > MOST_FILES)
    throw new UnusableLab(
      `The folder has ${entries.length} files; a lab has at most ${MOST_FILES}. Is it the right one?`,
    )
  const found = entries.map(({ file, parts }) => ({
    file,
    path: (inFolder ? parts.slice(1) : parts).join('/'),
  }))
  const ours = found.filter(({ path }) => OF_A_LAB.test(path))
  const others = found.filter(({ path }) => !OF_A_LAB.test(path)).map(({ path }) => path)
  const bytes = sizeOf(ours.map(({ file }) => file))

  const files = await Promise.all(
    ours.map(async ({ file, path }): Promise<LabFile> => {
      const content = new Uint8Array(await file.arrayBuffer())
      return {
        path,
        executable: isScript(content),
        content: base64(content),
      }
    }),
  )
  files.sort((one, other) => one.path.localeCompare(other.path))
  if (!files.some(({ path }) => path === 'lab.yaml'))
    throw new UnusableLab('There is no lab.yaml in this folder. Choose the folder that holds it.')
  const left = others.length > 0 ? `; not part of a lab and left out: ${some(others)}` : ''
  return { slug: slugFrom(folder), upload: { files }, summary: summary(files.length, bytes) + left }
}

export function fromArchive(file: File): ChosenLab {
  const zip = /\.zip$/i.test(file.name)
  if (!zip && !/\.(tgz|tar\.gz)$/i.test(file.name))
    throw new UnusableLab('Choose a .zip or a .tar.gz file, or a folder.')
  const bytes = sizeOf([file])
  return {
    slug: slugFrom(file.name),
    upload: { archive: file, type: zip ? 'application/zip' : 'application/gzip' },
    summary: `${file.name}, ${kilobytes(bytes)}`,
  }
}

/** The first few by name, the others as a number. */
function some(paths: readonly string[]): string {
  const named = paths.slice(0, 3).join(', ')
  return paths.length > 3 ? `${named} and ${paths.length - 3} more` : named
}

function sizeOf(files: readonly File[]): number {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes > MOST_BYTES)
    throw new UnusableLab(`This is ${kilobytes(bytes)}; a lab has at most ${kilobytes(MOST_BYTES)}.`)
  return bytes
}

/** Browsers do not tell a file's mode; what starts with `#!` is meant to be run. */
function isScript(content: Uint8Array): boolean {
  return content[0] === 0x23 && content[1] === 0x21
}

const CHUNK = 0x8000

export function base64(content: Uint8Array): string {
  let text = ''
  for (let at = 0; at < content.length; at += CHUNK)
    text += String.fromCharCode(...content.subarray(at, at + CHUNK))
  return btoa(text)
}

export function kilobytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const summary = (files: number, bytes: number) =>
  `${files === 1 ? '1 file' : `${files} files`}, ${kilobytes(bytes)}`

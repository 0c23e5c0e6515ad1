import { describe, expect, it } from 'vitest'

import { base64, fromArchive, fromFolder, kilobytes, slugFrom, UnusableLab } from './labUpload'

function file(path: string, content: string): File {
  const made = new File([content], path.split('/').at(-1) ?? '')
  Object.defineProperty(made, 'webkitRelativePath', { value: path })
  return made
}

describe('a folder', () => {
  it('becomes files with paths inside it, scripts as programs, nothing of tools', async () => {
    const { slug, upload, summary } = await fromFolder([
      file('Notes API/setup.sh', '#!/bin/sh\ntrue\n'),
      file('Notes API/lab.yaml', 'title: x'),
      file('Notes API/checks/1.sh', '#!/bin/sh\n'),
      file('Notes API/.git/config', 'no'),
      file('Notes API/.DS_Store', 'no'),
    ])
    expect(slug).toBe('notes-api')
    expect(summary).toBe('3 files, 33 bytes')
    expect('files' in upload && upload.files.map(({ path, executable }) => [path, executable])).toEqual([
      ['checks/1.sh', true],
      ['lab.yaml', false],
      ['setup.sh', true],
    ])
    expect('files' in upload && atob(upload.files[1]?.content ?? '')).toBe('title: x')
  })

  it('leaves behind what lies beside a lab, and says so', async () => {
    const { upload, summary } = await fromFolder([
      file('lab/lab.yaml', 'title: x'),
      file('lab/solution.sh', '#!/bin/sh\n'),
      file('lab/files/notes/solution.sh', 'y'),
      file('lab/checks/notes.txt', 'z'),
    ])
    expect(summary).toBe('2 files, 9 bytes; not part of a lab and left out: solution.sh, checks/notes.txt')
    expect('files' in upload && upload.files.map(({ path }) => path)).toEqual([
      'files/notes/solution.sh',
      'lab.yaml',
    ])
  })

  it.each([
    ['is empty', [file('lab/.git/config', '')]],
    ['no lab.yaml', [file('lab/guide.md', '#')]],
    ['no lab.yaml', [file('labs/one/lab.yaml', ''), file('labs/two/lab.yaml', '')]],
    ['301 files', Array.from({ length: 301 }, (_, index) => file(`lab/${index}`, ''))],
    ['at most', [file('lab/lab.yaml', 'x'.repeat((1 << 20) + 1))]],
  ])('that cannot be a lab is refused with the reason: %s', async (reason, files) => {
    const refusal = await fromFolder(files).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(UnusableLab)
    expect((refusal as Error).message).toContain(reason)
  })
})

describe('an archive', () => {
  it.each([
    ['notes-api.zip', 'application/zip'],
    ['notes-api.tar.gz', 'application/gzip'],
    ['notes-api.TGZ', 'application/gzip'],
  ])('%s goes as it is', (name, type) => {
    const { slug, upload } = fromArchive(new File(['x'], name))
    expect(slug).toBe('notes-api')
    expect('archive' in upload && upload.type).toBe(type)
  })

  it('of another kind is refused', () => {
    expect(() => fromArchive(new File(['x'], 'lab.rar'))).toThrow(UnusableLab)
  })
})

describe('names and sizes', () => {
  it('become what an address can have', () => {
    expect(slugFrom('Übung 3: Secrets!.zip')).toBe('u-bung-3-secrets')
    expect(slugFrom('-x-')).toBe('x')
    expect(kilobytes(999)).toBe('999 bytes')
    expect(kilobytes(48_213)).toBe('48 kB')
    expect(kilobytes(1_048_576)).toBe('1.0 MB')
  })

  it('of big files survive base64', () => {
    const content = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
    expect(atob(base64(content)).length).toBe(100_000)
  })
})

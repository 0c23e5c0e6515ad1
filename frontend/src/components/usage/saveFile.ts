/** Hands a text to the browser as a file. */
export function saveFile(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Some browsers read the address only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** What a file system takes: "DEVSEC-7 usage.csv". */
export function fileName(code: string, what: string, extension: 'csv' | 'json'): string {
  return `${[code, what].filter(Boolean).join(' ')}.${extension}`
}

/** One-time codes on their way to people: as a file for a spreadsheet, and as text to paste. */
import Papa from 'papaparse'

export interface PersonCode {
  name: string
  display_name: string
  code: string
}

/** Names come from others; what a spreadsheet would take for a formula is made plain text (OWASP, CSV injection). */
export function codesCsv(codes: readonly PersonCode[], redeemAddress: string, classCode: string): string {
  const rows = codes.map(({ name, display_name, code }) => ({
    display_name,
    name,
    code,
    class_code: classCode,
    address: redeemAddress,
  }))
  return Papa.unparse(rows, { escapeFormulae: true, newline: '\r\n' })
}

/** Hands a text to the browser as a download. The mark at its front tells spreadsheets that it is UTF-8. */
export function download(text: string, fileName: string, type = 'text/csv;charset=utf-8'): void {
  const address = URL.createObjectURL(new Blob(['\ufeff', text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  URL.revokeObjectURL(address)
}

/** Every receipt of a class in one file, page after page. */
import type { ClassReceipt, ClassReceiptPage } from '@/api/adminTypes'

/** More than a class of a thousand makes in weeks; a cursor that never ends is a fault, not a file. */
const MOST_PAGES = 1_000

export class EndlessExportError extends Error {
  override readonly name = 'EndlessExportError'
}

export async function everyReceipt(
  page: (cursor: string | null) => Promise<ClassReceiptPage>,
  progress: (sofar: number) => void = () => undefined,
): Promise<ClassReceipt[]> {
  const receipts: ClassReceipt[] = []
  let cursor: string | null = null
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const found = await page(cursor)
    receipts.push(...found.receipts)
    progress(receipts.length)
    const next: string | null = found.next_cursor ?? null
    if (next === null) return receipts
    if (next === cursor) break
    cursor = next
  }
  throw new EndlessExportError('the list of receipts does not end')
}

import type { Problem } from './types'

/** The API answered, and the answer was a problem document (RFC 9457). Its `detail` is written for people. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError'

  constructor(
    readonly problem: Problem,
    /** Seconds to wait before asking again, where the API said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail || problem.title)
  }

  get status(): number {
    return this.problem.status
  }

  get code(): string {
    return this.problem.code
  }

  /** Messages by field name, the first one for each field. */
  get fields(): Record<string, string> {
    const fields: Record<string, string> = {}
    for (const { field, message } of this.problem.errors ?? []) fields[field] ??= message
    return fields
  }
}

/** An edit was refused because somebody else wrote first: read again, and decide between the two. */
export class ChangedMeanwhileError extends ApiError {}

/** No answer came: no network, a time-out, or something between here and the API that is not the API. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'

  constructor(
    message = 'Brihaspati did not answer. Check the network connection; nothing you did here is lost.',
  ) {
    super(message)
  }
}

/** What to tell a person about any error. Texts of unexpected errors stay in the console, never on the page. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof UnreachableError) return error.message
  return 'Something went wrong on this page. Reload it; if that does not help, tell your instructor.'
}

/** `Retry-After` in seconds (RFC 9110, 10.2.3; its date form is not used by the API). */
export function retryAfterOf(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? 'none')
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null
}

/** Reads a problem document, or makes an honest one out of whatever else the server sent. */
export function problemFrom(status: number, body: unknown): Problem {
  if (isProblem(body)) return body
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    code: 'unexpected_answer',
    detail: 'The answer could not be understood. Try again in a moment.',
    errors: [],
    trace_id: '',
  }
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  )
}

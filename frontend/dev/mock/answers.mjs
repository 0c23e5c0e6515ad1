/** How the mock says things: plain answers, problem documents, marked records. */
export const json = (status, body, headers = {}) => ({ status, type: 'application/json', body, headers })

export const csv = (text) => ({ status: 200, type: 'text/csv; charset=utf-8', text })

export const noContent = () => ({ status: 204 })

export const problem = (status, code, detail, errors = [], headers = {}) => ({
  status,
  type: 'application/problem+json',
  body: { type: 'about:blank', title: code, status, code, detail, errors, trace_id: '0'.repeat(32) },
  headers,
})

export const invalid = (...errors) =>
  problem(422, 'invalid_request', 'Some fields need another look.', errors)

export const marked = (record, status = 200) => {
  const { revision, ...body } = record
  return json(status, body, { etag: `"${revision}"` })
}

/** The refusal of an edit that was not made from the newest record, or null. */
export function staleness(record, { headers }) {
  const mark = headers['if-match']
  if (!mark) return problem(428, 'precondition_required', 'Say which revision you have read.')
  if (mark !== `"${record.revision}"`)
    return problem(412, 'changed_meanwhile', 'Somebody else has changed this meanwhile.')
  return null
}

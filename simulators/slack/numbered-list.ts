import type { SimulatedRequest } from '../shared/provider-simulator.ts'
import type { SimulatedAnswer } from '../shared/simulator-faults.ts'

/** A list of the Web API that is read by the numbers of its pages. */
export interface NumberedList {
  /** Member of the answer that holds the rows. */
  readonly member: 'logins' | 'logs'
  readonly rows: readonly unknown[]
  /** Rows of a page at most, whatever is asked for. */
  readonly largestPage: number
}

/** Pages beyond this one are not shown. */
const lastPage = 100

/**
 * A page of a list. Now and then it carries a warning.
 * https://docs.slack.dev/reference/methods/team.accessLogs
 */
export function numberedPage(
  { url, fault }: SimulatedRequest,
  { member, rows, largestPage }: NumberedList,
): SimulatedAnswer {
  const number = (name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise)
  const [asked, page] = [number('count', 100), number('page', 1)]
  if (!Number.isInteger(asked) || asked < 1 || asked > 1_000 || !Number.isInteger(page) || page < 1) {
    return listRefusal({ error: 'invalid_arguments' })
  }
  if (page > lastPage) return listRefusal({ error: 'over_pagination_limit' })
  const count = Math.min(asked, largestPage)
  const shown = fault?.kind === 'empty-page' ? [] : rows.slice((page - 1) * count, page * count)
  const pages = Math.min(lastPage, Math.ceil(rows.length / count))
  const warnings = rows.length % 5 === 0 ? { warnings: ['max_page_limit'] } : {}
  return {
    status: 200,
    headers: {},
    body: { ok: true, [member]: shown, paging: { count, total: rows.length, page, pages, ...warnings } },
  }
}

/** Errors come with status 200. */
export const listRefusal = (refused: { readonly error: string }): SimulatedAnswer => ({
  status: 200,
  headers: {},
  body: { ok: false, ...refused },
})

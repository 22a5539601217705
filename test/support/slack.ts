import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from '../../lambdas/core/poll/provider/http.ts'
import type { Connect, Page, StreamConnector } from '../../lambdas/core/poll/stream.ts'

export const slackToken = 'xoxp-190019001900-190119011901-190219021902-5ecre7ofnobody0123456789abcdef00'

/** A time within the rows of tests, in seconds since 1970. */
export const noon = Date.UTC(2026, 0, 15, 12) / 1000

export interface SlackAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text, or what becomes JSON. */
  readonly body: unknown
}

/** A stream whose requests are answered by a function. */
export function connected(
  connect: Connect,
  answer: (parameters: URLSearchParams, request: HttpRequest) => SlackAnswer,
  options: JsonObject & { readonly pageSize?: number; readonly secret?: string; readonly webUrl?: string } = {},
): { readonly stream: StreamConnector; readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  const { pageSize = 3, secret = slackToken, webUrl, ...others } = options
  const http: HttpClient = async (request): Promise<HttpAnswer> => {
    requests.push(request)
    const { status = 200, headers = {}, body } = answer(new URL(request.url).searchParams, request)
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    return { status, headers: new Headers(headers), bytes, receivedAt: noon * 1000 }
  }
  const connection = { options: others, pageSize, secret: async () => secret, http, ...(webUrl && { webUrl }) }
  return { stream: connect(connection), requests }
}

export type Row = JsonObject & { readonly date_first: number; readonly date_last: number }

export interface ListOptions {
  /** The member that holds the rows. */
  readonly member: string
  /** Whether Slack tells how many pages there are. @default true */
  readonly paging?: boolean
}

/** Answers as a list of numbered pages that stands as `rows` says at the time of the request. */
export const numbered =
  (rows: (before: number) => readonly JsonObject[], { member, paging = true }: ListOptions) =>
  (parameters: URLSearchParams): SlackAnswer => {
    const [page, count] = [Number(parameters.get('page')), Number(parameters.get('count'))]
    if (page > 100) return { body: { ok: false, error: 'over_pagination_limit' } }
    const all = rows(Number(parameters.get('before') ?? Number.POSITIVE_INFINITY))
    const shown = all.slice((page - 1) * count, page * count)
    const numbers = { count, total: all.length, page, pages: Math.ceil(all.length / count) }
    return { body: { ok: true, [member]: shown, ...(paging && { paging: numbers }) } }
  }

/** Reads all pages. @param between is called after each page */
export async function readAll(stream: StreamConnector, between: (cursor: string) => void = () => {}): Promise<Page[]> {
  const pages: Page[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await stream.fetchPage({ from: 0, to: noon * 1000, ...(cursor !== undefined && { cursor }) })
    pages.push(page)
    if (pages.length > 1000) throw new Error('the pages do not end')
    cursor = page.next
    if (cursor !== undefined) between(cursor)
  }
  return pages
}

export const namesOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ events }) => events.map(({ name }) => String(name)))

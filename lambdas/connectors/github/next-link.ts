import { ConfigError, TransientError } from '../../core/errors.ts'
import { sameOrigin } from '../../core/poll/provider/base-url.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import type { LogPath } from './log-path.ts'

/** One link of a `Link` header with its parameters; RFC 8288, 3. */
const linkForm = /<([^<>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?)*)/g
const relForm = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))/i

/** The page whose answer holds the header. */
interface ThisPage {
  /** Its URL. */
  readonly requested: string
  readonly path: LogPath
  /** The credentials that were sent. */
  readonly secrets: readonly string[]
}

/**
 * The URL of the next page as written in the header; `undefined` at the end.
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 * @throws {ConfigError} when the link leads to another scheme, host or port, where the credential must not go, or to
 *   another path
 * @throws {TransientError} when the link cannot be read, because taking it as the end would lose events
 */
export function nextLink(header: string | null, { requested, path, secrets }: ThisPage): string | undefined {
  if (header === null) return undefined
  for (const [, target = '', parameters = ''] of header.matchAll(linkForm)) {
    const [, quoted, bare = ''] = relForm.exec(parameters) ?? []
    if (!(quoted ?? bare).toLowerCase().split(/\s+/).includes('next')) continue
    const url = URL.parse(target, requested)
    if (url === null) break
    if (!sameOrigin(requested, url)) {
      throw new ConfigError(
        `the link to the next page leads to ${providerWords(url.origin, secrets)}, not to ${new URL(requested).origin}; ` +
          'the credential is not sent there. If it is the right address, set apiUrl to it',
      )
    }
    if (path.isOf(url)) return URL.canParse(target) ? target : url.href
    throw new ConfigError(
      `the link to the next page leads to ${providerWords(url.pathname, secrets)}, which is not the path that was asked ` +
        'for, so it is not followed. Check apiUrl, and that nothing between here and GitHub changes links',
    )
  }
  if (/\bnext\b/i.test(header.replace(/<[^<>]*>/g, ''))) {
    throw new TransientError('the link to the next page cannot be read')
  }
  return undefined
}

/** Adds the query parameters that the link lacks, because a page fetched without them would not be filtered. */
export function withParameters(link: string, parameters: URLSearchParams): string {
  const has = new URL(link).searchParams
  const missing = new URLSearchParams([...parameters].filter(([name]) => !has.has(name)))
  if (missing.size === 0) return link
  return `${link}${link.includes('?') ? '&' : '?'}${missing}`
}

/** Replaces the number of events per page; the rest stays as GitHub wrote it. */
export const withPageSize = (link: string, size: number): string =>
  link.replace(/(?<=[?&]per_page=)[^&#]*/, String(size))

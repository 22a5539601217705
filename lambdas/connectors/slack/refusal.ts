import { AuthError, ConfigError, CursorError, TransientError } from '../../core/errors.ts'
import { isText, plainObjectIn } from '../../core/json/forms.ts'
import type { HttpAnswer } from '../../core/poll/provider/http.ts'
import { providerWords } from '../../core/poll/provider/provider-words.ts'
import { retryAfter } from '../../core/poll/provider/retry-time.ts'
import type { Asked } from './client.ts'
import { type Meaning, meanings, request as unclearRequest } from './error-codes.ts'

/** What a request was for; the words of its errors depend on it. */
export interface Purpose {
  /** Name of the log; begins every message. */
  readonly what: string
  /** The scope that the token needs. */
  readonly scope: string
  /** The workspace that was asked for. */
  readonly teamId?: string
  readonly withCursor: boolean
}

/**
 * The error that a refusal means, by Slack's code, else by the status: which statuses come with which codes is not
 * documented. https://docs.slack.dev/reference/methods/team.accessLogs and
 * https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference list the codes.
 */
export function slackRefusal({ answer, credential }: Asked, purpose: Purpose): Error {
  const { status } = answer
  const told = explanation(answer, [credential.token])
  if (status === 429) return temporary(answer, purpose, 'too many requests', told)
  if (status >= 500) return temporary(answer, purpose, 'Slack gave no usable answer', told)
  const members = plainObjectIn(answer.bytes)
  const code = isText(members?.error) ? members.error : undefined
  const meaning = code !== undefined && Object.hasOwn(meanings, code) ? meanings[code] : undefined
  if (purpose.withCursor && (meaning?.kind === 'cursor' || status === 400)) {
    return new CursorError(`${purpose.what}: Slack refused the next page${told}`)
  }
  if (meaning !== undefined) return meant(meaning, answer, purpose, told)
  // Slack refuses in JSON; anything else comes from a proxy and says nothing about the credential.
  if (members === undefined || (status === 404 && code === undefined)) {
    return temporary(
      answer,
      purpose,
      'no answer of Slack, but of something in between; if this persists, check apiUrl',
      told,
    )
  }
  if (status === 401 || status === 403) return meant(unclearCredential, answer, purpose, told)
  return meant(unclearRequest, answer, purpose, told)
}

const unclearCredential: Meaning = {
  kind: 'auth',
  says: 'Slack refuses the token: check that it is valid and has the scope {scope}',
}

function meant({ kind, fault, says }: Meaning, answer: HttpAnswer, purpose: Purpose, told: string): Error {
  const { what, scope, teamId = 'not set' } = purpose
  const words = says.replaceAll('{scope}', scope).replaceAll('{teamId}', teamId)
  switch (kind) {
    case 'auth':
      return new AuthError(`${what}: ${words}${told}`, { fault })
    case 'config':
      return new ConfigError(`${what}: ${words}${told}`, { fault })
    case 'cursor':
    case 'transient':
      return temporary(answer, purpose, words, told)
  }
}

function temporary(answer: HttpAnswer, { what }: Purpose, problem: string, told: string): TransientError {
  return new TransientError(`${what}: ${problem}${told}`, { retryAt: retryAfter(answer) })
}

/** The facts in an answer, in brackets, for the end of a message. */
function explanation({ status, headers, bytes }: HttpAnswer, secrets: readonly string[]): string {
  const { error, needed, provided } = plainObjectIn(bytes) ?? {}
  const id = headers.get('x-slack-req-id')
  const said = (name: string, value: unknown) => (isText(value) ? [`${name} ${providerWords(value, secrets)}`] : [])
  const facts = [
    `status ${status}`,
    ...(isText(error) ? said('Slack says:', error) : ['without an error of Slack']),
    ...said('scope needed:', needed),
    ...said('scopes granted:', provided),
    ...(id === null ? [] : said('request', id)),
  ]
  return ` (${facts.join('; ')})`
}

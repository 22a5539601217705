import { RecordError, TransientError } from '../../core/errors.ts'
import { type JsonList, readJsonList } from '../../core/intake/json-list.ts'
import { isText, plainObjectIn } from '../../core/json/forms.ts'
import type { Asked } from './client.ts'
import { type Purpose, slackRefusal } from './refusal.ts'

/**
 * Reads an answer that should hold a list. Success may lack `ok`; `ok: false` is an error at any status.
 * @throws the error that a refusal means
 * @throws {TransientError} when the answer has no such list
 */
export function listIn(asked: Asked, listName: string, purpose: Purpose): JsonList {
  const { answer } = asked
  if (answer.status !== 200) throw slackRefusal(asked, purpose)
  try {
    const list = readJsonList(answer.bytes, listName)
    if (list.envelope.ok !== false) return list
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const { ok, error: code } = plainObjectIn(answer.bytes) ?? {}
    if (ok !== false && !isText(code)) {
      throw new TransientError(
        `${purpose.what}: the answer is not a page of entries: ${error.message}. A proxy in between may have answered, ` +
          'or the answer was cut. If this persists, check apiUrl',
      )
    }
  }
  throw slackRefusal(asked, purpose)
}

/**
 * Reads an answer without a list.
 * @throws as {@link listIn}
 */
export function membersIn(asked: Asked, purpose: Purpose): Readonly<Record<string, unknown>> {
  const members = asked.answer.status === 200 ? plainObjectIn(asked.answer.bytes) : undefined
  if (members?.ok === true) return members
  if (asked.answer.status === 200 && members?.ok !== false) {
    throw new TransientError(`${purpose.what}: no answer of Slack's API. If this persists, check webUrl`)
  }
  throw slackRefusal(asked, purpose)
}

/** A count or a time in whole seconds, which some answers write as text; `undefined` for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

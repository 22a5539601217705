import { RecordError, type RefusalReason, RefusedError } from '../errors.ts'
import { isPlainObject, plainObjectIn } from '../json/forms.ts'
import { parseIsoText } from '../normalize/time.ts'
import type { ObjectReader, ObjectStore } from '../ports.ts'
import { isSourceId } from '../source-id.ts'
import { readClaim } from './claims.ts'
import { rowLimits } from './message.ts'
import { maxBody, readMessage } from './read-message.ts'

/** Why a message is a dead letter; `not_…` when every attempt failed. Stable for scripts. */
export type DeadReason = RefusalReason | 'not_written' | 'not_read' | 'not_merged'

/** A message that could not be worked on. */
export interface DeadLetter {
  readonly messageId: string
  readonly body: string
  /** The queue that it was sent to; absent when the queue of dead letters does not say so. */
  readonly queue?: string | undefined
  /** The source that it belongs to; absent when neither its queue nor its text says so. */
  readonly source?: string | undefined
  /** When it was sent, in milliseconds since 1970; unknown for a message without this attribute. */
  readonly sentAt?: number | undefined
  /** Number of receives, including those from the dead-letter queue. */
  readonly receiveCount?: number | undefined
  readonly reason: DeadReason
  /** The fault, with at most short, JSON-encoded texts of the message. */
  readonly detail: string
}

/** Prefix of the archived dead letters that nobody has dealt with. */
export const deadPrefix = 'dead/'

/** Prefix of those that were sent back. */
export const redrivenPrefix = 'redriven/'

export interface ArchivePorts {
  readonly ops: Pick<ObjectStore, 'putOnce'>
  /** Holds the messages that were too long for the queue. */
  readonly claims: ObjectReader
}

/**
 * Archives a dead letter for good as `dead/dt=<day>/<message id>.json`. If the message only points to its content, the
 * content is copied too, because claims expire; changed content is left out, so that it is never sent again. The first
 * archive of a message stays, whatever a repetition holds.
 */
export async function archiveDeadLetter({ ops, claims }: ArchivePorts, letter: DeadLetter, now: number): Promise<void> {
  const archivedAt = new Date(now).toISOString()
  const archived = {
    messageId: letter.messageId,
    archivedAt,
    source: letter.source ?? null,
    queue: letter.queue ?? null,
    reason: letter.reason,
    detail: letter.detail,
    sentAt: letter.sentAt === undefined ? null : new Date(letter.sentAt).toISOString(),
    receiveCount: letter.receiveCount ?? null,
    body: letter.body,
    claim: await claimOf(claims, letter.body),
  }
  await ops.putOnce(
    `${deadPrefix}dt=${archivedAt.slice(0, 10)}/${letter.messageId}.json`,
    Buffer.from(JSON.stringify(archived)),
  )
}

/**
 * Reads which sources have a dead-letter queue of their own: their messages are those of another service and name no
 * source.
 * @param text JSON: the names of the queues by the ids of their sources; nothing for none
 * @returns the ids by the names of the queues
 */
export function parseOwnQueues(text = ''): ReadonlyMap<string, string> {
  const queues = Object.entries(plainObjectIn(text) ?? {})
  return new Map(queues.flatMap(([source, queue]) => (typeof queue === 'string' ? [[queue, source]] : [])))
}

const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1)

/** Whether a dead-letter queue belongs to one source alone. */
export const isOwnQueue = (queueArn: string, ownQueues: ReadonlyMap<string, string>): boolean =>
  ownQueues.has(nameIn(queueArn))

/**
 * The source that a dead letter belongs to: that of its queue, else the one that the message names.
 * @param queueArn ARN of the dead-letter queue, whose last part is its name
 */
export const sourceOf = (body: string, queueArn: string, ownQueues: ReadonlyMap<string, string>): string | undefined =>
  ownQueues.get(nameIn(queueArn)) ?? namedSource(body)

/** The names that queues have in dead letters, by those in AWS. */
export type QueueNames = ReadonlyMap<string, string>

/** The queue of requests for merges, as dead letters name it. */
export const mergesQueue = 'merges'

/** The queues that all sources share. All are names in AWS. */
export const sharedQueues = (records: string, recordsBulk: string, merges: string): QueueNames =>
  new Map([
    [records, 'records'],
    [recordsBulk, 'records-bulk'],
    [merges, mergesQueue],
  ])

/** The name that a queue has in dead letters; a queue of one source alone keeps that of AWS. */
export const queueOf = (arn: string, names: QueueNames): string => names.get(nameIn(arn)) ?? nameIn(arn)

/** The source that an archived dead letter belongs to, and why it is one; older ones do not say the latter. */
export const readDeadLetter = (archived: Uint8Array): { readonly source?: string; readonly reason?: string } =>
  belonging(plainObjectIn(archived) ?? {})

function belonging({ source, body, reason }: Readonly<Record<string, unknown>>) {
  const known = isSourceId(source) ? source : typeof body === 'string' ? namedSource(body) : undefined
  return { ...(known !== undefined && { source: known }), ...(typeof reason === 'string' && { reason }) }
}

/** An archived dead letter, as far as it can be sent back. */
export interface ArchivedLetter {
  readonly source: string | undefined
  /** The name that the letter has for its queue; absent when the queue of dead letters did not tell it. */
  readonly queue: string | undefined
  readonly reason: string
  /** In milliseconds since 1970. */
  readonly archivedAt: number
  readonly body: string
  /** The content, if the body only points to it and it was there. */
  readonly claim: string | undefined
}

/** @returns `undefined` when it is not an archived dead letter */
export function archivedLetter(archived: Uint8Array): ArchivedLetter | undefined {
  const letter = plainObjectIn(archived) ?? {}
  const { body, queue, claim, archivedAt } = letter
  const time = parseIsoText(archivedAt)
  if (typeof body !== 'string' || time === undefined) return undefined
  const { source, reason = 'unknown' } = belonging(letter)
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return { source, reason, archivedAt: time, body, queue: textOf(queue), claim: textOf(claim) }
}

/** The source that a message names, if it has the form of one. */
export function namedSource(body: string): string | undefined {
  const sourceId = plainObjectIn(body)?.sourceId
  return isSourceId(sourceId) ? sourceId : undefined
}

/** Whether a message only points to its content. */
export const hasClaim = (body: string): boolean => claimKeyIn(body) !== undefined

/** The key of the content that a message points to. */
export function claimKeyIn(body: string): string | undefined {
  const pointer = plainObjectIn(body)?.pointer
  return isPlainObject(pointer) && typeof pointer.key === 'string' ? pointer.key : undefined
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/**
 * `null` when the message holds its content, and when what it points to is not what was stored there, or no message: as
 * JSON inside of JSON, other bytes would grow to many times their size. A message of a later version is kept for its
 * writer.
 */
async function claimOf(claims: ObjectReader, body: string): Promise<string | null> {
  const key = claimKeyIn(body)
  if (key === undefined) return null
  try {
    const text = await readClaim(claims, key, maxBody(rowLimits.bytes))
    return isAscii(text) && isMessage(text) ? text : null
  } catch (error) {
    if (error instanceof RefusedError) return null
    throw error
  }
}

function isMessage(text: string): boolean {
  try {
    readMessage(text)
    return true
  } catch (error) {
    if (error instanceof RefusedError) return false
    if (error instanceof RecordError) return true
    throw error
  }
}

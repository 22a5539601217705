import { visible } from '../../schemas/compiler/visible.ts'
import { QueryFailed, type RunQuery } from '../athena/query.ts'
import type { QueryRow } from '../athena/rows.ts'
import { type Installation, reasonOf } from '../installation.ts'

/** What was found out about the lake with a query, or from its lists. */
export interface AthenaFinding {
  readonly check: 'first-row' | 'workgroup' | 'table' | 'view' | 'day-without-list' | 'empty-list'
  /** The table, view or workgroup; `writer` for a first row. */
  readonly subject: string
  /** Null when it cannot be settled yet. */
  readonly ok: boolean | null
  /** The statement that Athena was asked. */
  readonly asked?: string | undefined
  /** The answer, or the reason for none. It can quote Athena. */
  readonly says?: string | undefined
  readonly remedy?: string | undefined
}

/** The parts of an installation that these checks use. */
export type VerifiableLake = Pick<Installation, 'facts' | 'ops' | 'lake' | 'now' | 'deleteUnchanged' | 'query'>

/** Those of one that has Athena. */
export interface CheckedLake extends Omit<VerifiableLake, 'query'> {
  readonly query: RunQuery
  /** Ends the checks, and what they have begun. */
  readonly signal: AbortSignal
}

export interface Question extends Pick<AthenaFinding, 'check' | 'subject'> {
  readonly sql: string
  /** For a reason that no other remedy fits. */
  readonly remedy: string
}

/** Longest wait for one count, in milliseconds. */
const patienceMs = 180_000

/**
 * Asks for one row, and makes a finding of it.
 * @param worded words the row
 * @throws what `runQuery` throws, except when Athena took the query and it failed
 */
export async function ask(
  { query, signal }: CheckedLake,
  { check, subject, sql, remedy }: Question,
  worded: (row: QueryRow) => string,
): Promise<AthenaFinding> {
  const about = { check, subject, asked: sql }
  try {
    const { rows } = await query(sql, { signal, limitMs: patienceMs })
    for await (const row of rows) return { ...about, ok: true, says: worded(row) }
    throw new QueryFailed('the result has no row')
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error
    return failed(about, error, remedy)
  }
}

/** A check that failed. @param remedy for a reason that no other remedy fits */
export function failed(
  about: Pick<AthenaFinding, 'check' | 'subject' | 'asked'>,
  error: unknown,
  remedy: string,
): AthenaFinding {
  const says = error instanceof QueryFailed ? visible(error.message) : reasonOf(error)
  const [, better = remedy] = remedies.find(([pattern]) => pattern.test(says)) ?? []
  return { ...about, ok: false, says, remedy: better }
}

/** By reasons that can end any query; the first that fits. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /not authorized|access ?denied|insufficient .*permission/i,
    'Use credentials with the rights that --help names. Where AWS Lake Formation manages permissions, grant SELECT and DESCRIBE on the database as well.',
  ],
  [
    /^(TABLE|SCHEMA|COLUMN)_NOT_FOUND|EntityNotFoundException|WorkGroup is not found/,
    'The stack is of another version than this command: deploy it again.',
  ],
  [/bytes scanned limit/i, 'Raise queryLimitGB in audit-lake.yaml, and deploy.'],
  [
    /^no result after|throttl|TooManyRequests|rate exceeded|exhausted resources/i,
    'Athena is busy: run this again later.',
  ],
]

import { isoTime, spanText } from '../../lambdas/core/time-text.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import { explanationOf, type Verified } from './verified.ts'

/** A credential that ends within this time is marked, in milliseconds. */
const soonMs = 30 * 24 * 3_600_000

/** One JSON object a line for each source and stream. Times are ISO 8601, UTC. */
export function* verifyJson(all: readonly Verified[]): Generator<string> {
  for (const { source, type, label, stream, ok, fault, says, expiresAt, remarks = [] } of all) {
    yield JSON.stringify({
      source,
      type,
      label,
      stream: stream === '' ? null : stream,
      ok,
      fault: fault ?? null,
      says: says ?? null,
      remedy: explanationOf(fault)?.remedy ?? null,
      expiresAt: isoTime(expiresAt),
      remarks,
    })
  }
}

/** For each source and stream whether it works, and if not, the fault and what to do. */
export function* verifyText(all: readonly Verified[], now: number): Generator<string> {
  for (const one of all) {
    const name = one.stream === '' ? one.source : `${one.source} (${one.stream})`
    yield onOneLine(`${name}: ${stateOf(one)}`)
    for (const line of detailsOf(one, now)) yield `  ${onOneLine(line)}`
  }
}

/** The last line of the command. @param all null for what cannot be settled yet */
export function verdict(all: readonly (boolean | null)[]): string {
  const broken = all.filter((ok) => ok === false).length
  if (broken > 0) return `${broken} of ${all.length} do not work.`
  const open = all.filter((ok) => ok === null).length
  return open === 0 ? 'Everything works.' : `Everything works so far; ${open} of ${all.length} cannot be settled yet.`
}

function stateOf({ ok, fault }: Verified): string {
  if (ok) return 'works'
  if (fault === undefined) return 'DOES NOT WORK'
  const means = explanationOf(fault)?.means
  return `DOES NOT WORK: ${fault}${means === undefined ? '' : `, ${means}`}`
}

function* detailsOf({ fault, says, expiresAt, remarks = [] }: Verified, now: number): Generator<string> {
  if (says !== undefined) yield says
  const remedy = explanationOf(fault)?.remedy
  if (remedy !== undefined) yield remedy
  const end = isoTime(expiresAt)
  if (expiresAt !== undefined && end !== null) {
    const left = expiresAt - now
    const mark = left < soonMs ? `, in ${spanText(left)}: MAKE A NEW ONE SOON` : ''
    yield `The credential expires at ${end}${mark}.`
  }
  yield* remarks
}

import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { spanText } from '../../lambdas/core/time-text.ts'
import { counted, grouped } from '../counted.ts'
import { costOf, usdText } from './cost.ts'

/** The estimate of a replay, whose requests are objects; `undefined` until it has one. */
export function replayPlan({ kind, estimate, toRead }: Job): string | undefined {
  if (!estimate) return undefined
  const { events, requests, seconds } = estimate
  return (
    `${counted(requests, 'object')} with ${sizeText(toRead?.bytes ?? 0)}, about ${counted(events, 'event')}; about ` +
    `${spanText(seconds * 1_000)} beside new objects; on AWS ${usdText(costOf(kind, estimate))}.`
  )
}

/** The figures of a replay that reads. */
export function replayFigures({ counts }: Job, objects: number): readonly string[] {
  const left = leftOut(counts)
  return [
    `read ${grouped(counts.requests)} of ${counted(objects, 'object')}`,
    `published ${grouped(counts.new)}`,
    ...(left > 0 ? [`left out ${grouped(left)}`] : []),
    ...(counts.failed > 0 ? [`failed ${grouped(counts.failed)}`] : []),
  ]
}

/** How far a replay has counted its objects; `undefined` when it does not count. */
export const replayCounting = ({ listed, estimate, end }: Job): string | undefined =>
  listed && !estimate && end === undefined ? `counting, ${counted(listed.objects, 'object')} so far` : undefined

/** The result of a replay, without its failures. @param percent how far it came */
export function replayResult({ end, dryRun, counts, estimate }: Job, percent: number): string {
  const rows = `${counted(counts.new, 'row')} published`
  if (end === 'cancelled') {
    const objects = `${grouped(counts.requests)} of ${counted(estimate?.requests ?? 0, 'object')}`
    return `Cancelled at ${percent} %: ${objects} had been read; ${rows}, which stay.`
  }
  if (dryRun) return 'A dry run: the objects were counted; none was read, and nothing was published.'
  const left = leftOut(counts)
  const omitted = left > 0 ? `, ${counted(left, 'event')} left out by the settings` : ''
  return `Done: ${counted(counts.requests, 'object')} read again; ${rows}, with the same ids as before${omitted}.`
}

/** The objects of a replay as plain values; null for other jobs and until they have been counted. */
export const replayJson = ({ toRead, counts }: Job): object | null =>
  toRead ? { total: toRead.objects, bytes: toRead.bytes, read: counts.requests } : null

/** Events that the settings leave out are fetched and become no row. */
const leftOut = ({ fetched, new: published, failed }: Job['counts']): number => fetched - published - failed

function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const unit = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return `${unit === 0 ? bytes : (bytes / 1_000 ** unit).toFixed(1)} ${units[unit]}`
}

import { expect, onTestFinished } from 'vitest'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { Page, PollStream } from '../../lambdas/core/poll/stream.ts'
import type { ProviderSimulator } from '../../simulators/shared/provider-simulator.ts'

/** A simulator with a stopped clock, ended with the test. */
export async function started<T extends ProviderSimulator>(starting: Promise<T>): Promise<T> {
  const simulator = await starting
  onTestFinished(() => simulator.stop())
  return simulator
}

/** Sends an order to a simulator's control endpoint. */
export async function control(
  { url }: { readonly url: string },
  order: Record<string, unknown>,
): Promise<{ readonly now: number; readonly inserted: readonly string[] }> {
  const answer = await fetch(`${url}/_control`, { method: 'POST', body: JSON.stringify(order) })
  const body: { now: number; inserted: string[] } = JSON.parse(await answer.text())
  expect(answer.status, JSON.stringify(body)).toBe(200)
  return body
}

/** Every id that the simulator ever showed: what a collector must have. */
export async function oracle(
  { url }: { readonly url: string },
  within: { readonly from: number; readonly to: number } = { from: 0, to: Number.POSITIVE_INFINITY },
): Promise<string[]> {
  const rows: { id: string; time: number }[] = JSON.parse(await (await fetch(`${url}/_control/ids`)).text())
  return rows.filter(({ time }) => time >= within.from && time < within.to).map(({ id }) => id)
}

export interface Walked {
  readonly pages: readonly Page[]
  readonly events: readonly JsonObject[]
  /** Each once, sorted. */
  readonly ids: readonly string[]
}

/** The provider's id of the event. */
export function idOf({ _document_id: documentId, id = documentId }: JsonObject): string | undefined {
  return typeof id === 'string' ? id : undefined
}

/** Reads a window to its end. */
export async function walk(
  stream: PollStream,
  window: { readonly from: number; readonly to: number },
  betweenPages: (page: number) => Promise<unknown> = async () => {},
): Promise<Walked> {
  const pages: Page[] = []
  for (let next: { cursor?: string } | undefined = {}; next !== undefined; ) {
    const page: Page = await stream.fetchPage({ ...window, ...next })
    pages.push(page)
    next = page.next === undefined ? undefined : { cursor: page.next }
    await betweenPages(pages.length)
  }
  const events = pages.flatMap((page) => page.events)
  return { pages, events, ids: [...new Set(events.map((event) => idOf(event) ?? 'none'))].sort() }
}

/** The error of a rejected promise. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (error instanceof Error) return error
  throw new Error('expected a failure')
}

/** All text of an error that a log can show. */
export function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.name, error.message, error.stack, JSON.stringify(error), everythingIn(error.cause ?? '')].join('\n')
}

import type { z } from 'zod'
import { connectFormOf, credentialForm, secretOf, storeCredential, waitForm, waitsOf } from './connect.ts'
import { eventsForm, eventsOf } from './events.ts'
import { failuresOf } from './failures.ts'
import { overviewOf } from './overview.ts'
import { ratesOf } from './rates.ts'
import { orderRedrive, redriveForm } from './redrive.ts'
import { formOf, parametersIn } from './request-forms.ts'
import { runsForm, runsOf } from './runs.ts'
import { catalogOf, sqlForm, sqlOf } from './sql.ts'
import { eventForm, wholeEventOf } from './whole-event.ts'
import type { World } from './world.ts'

/** A request of the page, as far as its answer depends on it. */
export interface Asked {
  /** What the parts of the path in parentheses hold. */
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  /** JSON; nothing for a GET. */
  readonly body: unknown
  /** The client has gone away. */
  readonly signal: AbortSignal
}

/** What a path answers, by method. */
export interface Route {
  readonly path: RegExp
  readonly GET?: (asked: Asked) => Promise<object>
  readonly POST?: (asked: Asked) => Promise<object>
}

const source = '([a-z0-9-]{1,100})'

/** The routes of `console/api.ts`. */
export function routesOf(world: World): readonly Route[] {
  const overview = overviewOf(world)
  const rates = ratesOf(world)
  const failures = failuresOf(world)
  const runs = runsOf(world)
  const catalog = catalogOf(world)
  const sql = sqlOf(world)
  const wait = waitsOf(world)
  const inQuery = <T>(form: z.ZodType<T>, { query }: Asked): T => formOf(form, parametersIn(query))
  return [
    { path: /^\/api\/overview$/, GET: () => overview() },
    { path: /^\/api\/rates$/, GET: () => rates() },
    { path: /^\/api\/events$/, GET: (asked) => eventsOf(world, inQuery(eventsForm, asked), asked.signal) },
    { path: /^\/api\/event$/, GET: (asked) => wholeEventOf(world, inQuery(eventForm, asked), asked.signal) },
    { path: /^\/api\/failures$/, GET: () => failures() },
    { path: /^\/api\/redrive$/, POST: ({ body }) => orderRedrive(world, formOf(redriveForm, body)) },
    { path: /^\/api\/runs$/, GET: (asked) => runs(inQuery(runsForm, asked).hours) },
    { path: /^\/api\/sql$/, GET: () => catalog(), POST: ({ body, signal }) => sql(formOf(sqlForm, body), signal) },
    { path: new RegExp(`^/api/connect/${source}$`), GET: ({ parts: [id = ''] }) => connectFormOf(world, id) },
    { path: new RegExp(`^/api/connect/${source}/secret$`), POST: ({ parts: [id = ''] }) => secretOf(world, id) },
    {
      path: new RegExp(`^/api/connect/${source}/credential$`),
      POST: ({ parts: [id = ''], body, signal }) => storeCredential(world, id, formOf(credentialForm, body), signal),
    },
    {
      path: new RegExp(`^/api/connect/${source}/wait$`),
      GET: (asked) => wait(asked.parts[0] ?? '', inQuery(waitForm, asked)),
    },
  ]
}

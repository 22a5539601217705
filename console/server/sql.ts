import { z } from 'zod'
import { reasonOf } from '../../cli/installation.ts'
import { loadTableSchemas } from '../../schemas/compiler/load.ts'
import { findSavedQuery, loadSavedQueries, renderSavedQuery } from '../../schemas/compiler/saved-queries.ts'
import { glueType } from '../../schemas/glue-type.ts'
import { type NamedColumn, partitionKey, tableColumns } from '../../schemas/table-columns.ts'
import { viewsOf } from '../../schemas/views.ts'
import type { SqlCatalog, SqlResult, Value } from '../api.ts'
import { Gate } from './gate.ts'
import { HttpError } from './http-error.ts'
import { longestText } from './texts.ts'
import { cached, type World } from './world.ts'

export const sqlForm = z.union(
  [
    z.strictObject({ sql: z.string().trim().min(1).max(100_000) }),
    z.strictObject({ saved: z.string().max(200), set: z.record(z.string(), z.string().max(10_000)) }),
  ],
  'write {"sql": …}, or {"saved": …, "set": {…}}',
)

/**
 * Statements of people that run at a time; others wait, so that one place of a local run is left to the rest of the
 * page.
 */
const mostAtATime = { local: 1, aws: 2 }

/** The tables and views, and what people ask first. A deployment may have only some of the tables. */
export function catalogOf(world: World): () => Promise<SqlCatalog> {
  return cached(Number.POSITIVE_INFINITY, async () => {
    const there = new Set((await world.ask('show tables')).rows.map(([name]) => String(name)))
    // With their descriptions, which functions do not carry along.
    const schemas = loadTableSchemas()
    const tables = schemas.map((schema) => ({
      name: schema.table,
      isView: false,
      description: schema.description ?? '',
      columns: [...tableColumns(schema), partitionKey].map(columnOf),
    }))
    const views = viewsOf(schemas).map(({ name, description, columns }) => ({
      name,
      isView: true,
      description,
      columns: columns.map(columnOf),
    }))
    return {
      tables: [...views, ...tables].filter(({ name }) => there.has(name)),
      saved: loadSavedQueries(),
    }
  })
}

const columnOf = ({ column, value, description }: NamedColumn) => ({
  name: column,
  type: glueType(value),
  ...(description !== undefined && { description }),
})

/** Runs the statements of people. */
export function sqlOf(world: World): (wanted: z.infer<typeof sqlForm>, signal: AbortSignal) => Promise<SqlResult> {
  const gate = new Gate(mostAtATime[world.place().kind])
  return async (wanted, signal) => {
    const sql = 'sql' in wanted ? wanted.sql : savedSql(wanted.saved, wanted.set)
    return await gate.through(async () => {
      const began = performance.now()
      const answer = await world.ask(sql, { signal, characters: longestText })
      return {
        ...answer,
        // Lists and structs became texts where they were cut.
        rows: answer.rows as readonly (readonly Value[])[],
        elapsedMs: Math.round(performance.now() - began),
        ...('saved' in wanted && { statement: sql }),
      }
    }, signal)
  }
}

function savedSql(name: string, values: Readonly<Record<string, string>>): string {
  try {
    return renderSavedQuery(findSavedQuery(loadSavedQueries(), name), values)
  } catch (cause) {
    throw new HttpError(400, reasonOf(cause), { cause })
  }
}

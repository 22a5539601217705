import { renderIndex, renderSchemaModule, renderStandardColumns } from '../schemas/compiler/generated-modules.ts'
import { renderTableDocs } from '../schemas/compiler/generated-table-docs.ts'
import { loadLogSchemaFiles, logSchemaJsonSchema } from '../schemas/compiler/load.ts'
import { settingsJsonSchema } from '../settings/load.ts'

export interface GeneratedFile {
  /** Path from the project's root. */
  readonly file: string
  readonly render: () => string
}

/** Folder that holds generated files only: whatever else is found in it is a left-over. */
export const generatedFolder = 'schemas/generated'

/**
 * Every file that is made from the schemas and the settings' form.
 *
 * @throws Error naming file, line, field and remedy when a schema is wrong.
 */
export function generatedFiles(): GeneratedFile[] {
  const sources = loadLogSchemaFiles()
  return [
    ...sources.map((source) => ({
      file: `${generatedFolder}/${source.schema.table}.ts`,
      render: () => renderSchemaModule(source),
    })),
    { file: `${generatedFolder}/standard-columns.ts`, render: renderStandardColumns },
    { file: `${generatedFolder}/index.ts`, render: () => renderIndex(sources.map(({ schema }) => schema)) },
    { file: `${generatedFolder}/log-schema.schema.json`, render: () => renderJson(logSchemaJsonSchema()) },
    { file: `${generatedFolder}/audit-lake.schema.json`, render: () => renderJson(settingsJsonSchema()) },
    { file: 'docs/tables.md', render: () => renderTableDocs(sources) },
  ]
}

function renderJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

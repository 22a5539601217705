import { settingsJsonSchema } from '../lib/config.ts'
import { type LogSchemaFile, loadLogSchemaFiles, logSchemaJsonSchema } from '../lib/log-schemas.ts'
import type { Field, LogSchema, ValueType } from '../schemas/definition.ts'
import { typescriptLiteral } from './typescript-literal.ts'

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
    { file: `${generatedFolder}/index.ts`, render: () => renderIndex(sources.map(({ schema }) => schema)) },
    { file: `${generatedFolder}/log-schema.schema.json`, render: () => renderJson(logSchemaJsonSchema()) },
    { file: `${generatedFolder}/audit-lake.schema.json`, render: () => renderJson(settingsJsonSchema()) },
  ]
}

/** Name under which the module of a table exports its schema, for example `githubWebhook`. */
function exportName(table: string): string {
  return table.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function renderSchemaModule({ file, schema }: LogSchemaFile): string {
  const declaration = `export const ${exportName(schema.table)}: LogSchema = `
  return [
    `// Generated from ${file} by npm run generate; do not edit.`,
    `import type { LogSchema } from '../definition.ts'`,
    '',
    `${declaration}${typescriptLiteral(withoutDescriptions(schema), 0, declaration.length)}`,
    '',
  ].join('\n')
}

/** Functions are bundled with their schemas; descriptions are for people and would only weigh on the cold start. */
function withoutDescriptions(schema: LogSchema): LogSchema {
  const { description: _, ...rest } = schema
  return {
    ...rest,
    attributes: schema.attributes.map(({ column }) => ({ column })),
    fields: schema.fields.map(bareField),
  }
}

function bareField(field: Field): Field {
  const { name, column, required } = field
  return { name, column, ...bareType(field), ...(required && { required }) }
}

function bareType(value: ValueType): ValueType {
  if (value.type === 'object') return { type: value.type, fields: value.fields.map(bareField) }
  if (value.type === 'array') return { type: value.type, element: bareType(value.element) }
  const { type, formats, indicators } = value
  return { type, ...(formats && { formats }), ...(indicators && { indicators }) }
}

function renderIndex(schemas: readonly LogSchema[]): string {
  const names = schemas.map(({ table }) => exportName(table))
  return [
    '// Generated from schemas/*/*.yaml by npm run generate; do not edit.',
    `import type { LogSchema } from '../definition.ts'`,
    ...schemas.map(({ table }) => `import { ${exportName(table)} } from './${table}.ts'`),
    '',
    '/** Every log schema, in the order of their files. */',
    'export const logSchemas: readonly LogSchema[] = [',
    ...names.map((name) => `  ${name},`),
    ']',
    '',
  ].join('\n')
}

function renderJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

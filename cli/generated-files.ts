import { fieldIdsFile, renderFieldIds } from '../schemas/compiler/field-ids.ts'
import { renderIndex, renderSchemaModule, renderStandardColumns } from '../schemas/compiler/generated-modules.ts'
import { renderTableDocs } from '../schemas/compiler/generated-table-docs.ts'
import { loadLogSchemaFiles, logSchemaJsonSchema } from '../schemas/compiler/load.ts'
import { readReleased, releasedIdProblems } from '../schemas/compiler/released-tables.ts'
import { settingsJsonSchema } from '../settings/load.ts'
import { manifests } from '../settings/manifests.ts'
import { registries, registryFolder, renderRegistries } from './generated-registry.ts'
import { renderRunbook, runbookPage } from './generated-runbook.ts'
import { renderSourcePage, sourcePage } from './generated-source-docs.ts'

export interface GeneratedFile {
  /** Path from the project's root. */
  readonly file: string
  readonly render: () => string
}

const generatedFolder = 'schemas/generated'

/** Folders that hold generated files only: any other file in them is a left-over. */
export const generatedFolders = [generatedFolder, registryFolder]

/**
 * Every file that is made from schemas, manifests and the settings' form.
 *
 * @param root The project's root.
 * @throws Error naming file, line, field and remedy when a schema is wrong, or a released field id was changed.
 */
export function generatedFiles(root: string): GeneratedFile[] {
  const sources = loadLogSchemaFiles()
  const problems = releasedIdProblems(sources, readReleased(root))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const schemas = sources.map(({ schema }) => schema)
  return [
    ...sources.map(({ schema: { table }, fieldIds }) => ({
      file: fieldIdsFile(table),
      render: () => renderFieldIds(fieldIds),
    })),
    ...sources.map((source) => ({
      file: `${generatedFolder}/${source.schema.table}.ts`,
      render: () => renderSchemaModule(source),
    })),
    { file: `${generatedFolder}/standard-columns.ts`, render: renderStandardColumns },
    { file: `${generatedFolder}/index.ts`, render: () => renderIndex(schemas) },
    { file: `${generatedFolder}/log-schema.schema.json`, render: () => renderJson(logSchemaJsonSchema()) },
    { file: `${generatedFolder}/audit-lake.schema.json`, render: () => renderJson(settingsJsonSchema()) },
    ...registries.map((registry) => ({
      file: `${registryFolder}/${registry}.ts`,
      render: () => renderRegistries(root, schemas)[registry],
    })),
    { file: runbookPage, render: () => renderRunbook(root) },
    { file: 'docs/tables.md', render: () => renderTableDocs(sources) },
    ...[...manifests].map(([provider, manifest]) => ({
      file: sourcePage(provider),
      render: () => renderSourcePage(root, provider, manifest, schemas),
    })),
  ]
}

function renderJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { type GeneratedFile, generatedFiles, generatedFolders } from './generated-files.ts'
import { release } from './release.ts'

const help = `npm run generate [-- --check | --release]

Generates files from schemas/<provider>/<stream>.yaml, the connectors' manifests and the form of audit-lake.yaml:
TypeScript modules of the schemas with the types of their rows; the field ids of new columns in schemas/field-ids/; the
registry of connectors; docs/tables.md; the list of alarms in docs/runbook.md; set-up and facts in
docs/sources/<provider>.md, whose other text is kept; JSON Schemas for editors.

  --check    write nothing; exit 1 and name every file that is not up to date
  --release  also record columns and field ids of all tables as released; tables may only gain columns afterwards
  --help     this text
`

const root = fileURLToPath(new URL('../', import.meta.url))

await runCommand(help, () => {
  const { values } = parseArgs({
    options: { check: { type: 'boolean', default: false }, release: { type: 'boolean', default: false } },
  })
  if (values.check && values.release) throw new Error('--check writes nothing and --release writes; choose one')
  const files = generatedFiles(root)
  const stale = files.filter((generated) => readIfThere(generated.file) !== generated.render())
  const leftOver = leftOvers(files)
  if (values.check) return report(stale, leftOver)
  // Released before anything else is written, so that a refused release changes nothing.
  const released = values.release ? release(root) : []
  write(stale, leftOver)
  for (const file of released) printLine(`${file}: written`)
  return 0
})

function report(stale: readonly GeneratedFile[], leftOver: readonly string[]): number {
  for (const { file } of stale) printLine(`${file}: is not up to date; run npm run generate`, process.stderr)
  for (const file of leftOver)
    printLine(`${file}: is made from nothing any more; run npm run generate to remove it`, process.stderr)
  return stale.length + leftOver.length === 0 ? 0 : 1
}

function write(stale: readonly GeneratedFile[], leftOver: readonly string[]): void {
  for (const { file, render } of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), render())
    printLine(`${file}: written`)
  }
  for (const file of leftOver) {
    rmSync(join(root, file))
    printLine(`${file}: removed`)
  }
}

function leftOvers(files: readonly GeneratedFile[]): string[] {
  const known = new Set(files.map(({ file }) => file))
  return globSync(
    generatedFolders.map((folder) => `${folder}/*`),
    { cwd: root },
  ).filter((file) => !known.has(file.replaceAll('\\', '/')))
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

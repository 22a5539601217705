import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type GeneratedFile, generatedFiles, generatedFolder } from './generated-files.ts'

const HELP = `Usage: npm run generate [-- --check]

Writes the files that are made from schemas/<provider>/<stream>.yaml and from the form of audit-lake.yaml:
the schemas as TypeScript modules for the functions, and JSON Schemas for editors.

  --check  write nothing; exit 1 and name every file that is not up to date
  --help   show this
`

const root = fileURLToPath(new URL('../', import.meta.url))

function main(args: readonly string[]): number {
  const { values } = parseArgs({ args: [...args], options: { check: { type: 'boolean' }, help: { type: 'boolean' } } })
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const files = generatedFiles()
  const stale = files.filter((generated) => readIfThere(generated.file) !== generated.render())
  const leftOver = leftOvers(files)
  return values.check ? report(stale, leftOver) : write(stale, leftOver)
}

function report(stale: readonly GeneratedFile[], leftOver: readonly string[]): number {
  for (const { file } of stale) console.error(`${file}: is not up to date; run npm run generate`)
  for (const file of leftOver)
    console.error(`${file}: is made from nothing any more; run npm run generate to remove it`)
  return stale.length + leftOver.length === 0 ? 0 : 1
}

function write(stale: readonly GeneratedFile[], leftOver: readonly string[]): number {
  for (const { file, render } of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), render())
    console.log(`${file}: written`)
  }
  for (const file of leftOver) {
    rmSync(join(root, file))
    console.log(`${file}: removed`)
  }
  return 0
}

function leftOvers(files: readonly GeneratedFile[]): string[] {
  const known = new Set(files.map(({ file }) => file))
  return globSync(`${generatedFolder}/*`, { cwd: root }).filter((file) => !known.has(file.replaceAll('\\', '/')))
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  const wrongUse = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  console.error(wrongUse ? `${message}; see npm run generate -- --help` : message)
  process.exitCode = 1
}

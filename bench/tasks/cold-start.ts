import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DUCKDB } from '../../lib/lake/merger.ts'
import { provideAssembly } from '../../local/template/assembly-cache.ts'
import { median, print } from '../figure.ts'

/**
 * Time from the start of a Node process until a function's bundle is ready for its first event, compared with
 * an empty handler. On AWS the download of the bundle adds to it.
 */
const runs = 7
/** What Lambda sets in every function. */
const ofLambda = {
  AWS_REGION: 'us-east-1',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
}
/** MB of a package with all of its files. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestPackage = 250

const folder = mkdtempSync(join(tmpdir(), 'auditlake-cold-start-'))
try {
  const { template, assetFolders } = await provideAssembly(join(folder, 'cdk.out'))
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, 'export const handler = async () => {}\n')
  for (const [, { type, properties }] of template.resources) {
    if (type !== 'AWS::Lambda::Function') continue
    const { name, bundle, variables } = describe(properties, assetFolders)
    const { own, other } = loads(bundle, variables, empty)
    const kilobytes = Math.round(readFileSync(bundle).length / 1_000)
    const what = `start of a process until the bundle of ${kilobytes} kB is loaded, against an empty handler`
    print(`cold-start-${name}`, own, 'ms', other, what)
    if (name === 'merger') describePackage(join(bundle, '..'))
  }
  const engine = join(folder, 'engine.mjs')
  writeFileSync(
    engine,
    `import { DuckDBInstance } from ${JSON.stringify(import.meta.resolve('@duckdb/node-api'))}
await (await DuckDBInstance.create(':memory:')).connect()
`,
  )
  const { own, other } = loads(engine, {}, empty)
  print(
    'first-merge-duckdb',
    own,
    'ms',
    other,
    'start of a process until DuckDB can be asked, against an empty handler',
  )
} finally {
  rmSync(folder, { recursive: true })
}

/** What Lambda unpacks for the merger, and what is uploaded, about. */
function describePackage(bundleFolder: string): void {
  const complete = join(folder, 'package')
  mkdirSync(complete)
  DUCKDB.copyInto(complete, { complete: true })
  const files = [bundleFolder, complete].flatMap((from) =>
    readdirSync(from, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name)),
  )
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const packed = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  print('merger-package', bytes / 1e6, 'MB', largestPackage, "the merger's files, against the most that Lambda unpacks")
  print('merger-package-packed', packed / 1e6, 'MB', bytes / 1e6, 'the same files compressed, as they are uploaded')
}

function describe(properties: unknown, assetFolders: ReadonlyMap<string, string>) {
  // Reads only the members that name the function and its bundle.
  const text = JSON.stringify(properties)
  const hash = /"S3Key":"([0-9a-f]+)\.zip"/.exec(text)?.[1] ?? ''
  const folderOfAsset = assetFolders.get(hash) ?? assetFolders.get(`${hash}.zip`)
  if (folderOfAsset === undefined) throw new Error(`no asset ${hash}`)
  const name = /"POWERTOOLS_SERVICE_NAME":"([^"]+)"/.exec(text)?.[1] ?? 'unnamed'
  const { Environment }: Declared = JSON.parse(text)
  const variables = Object.entries(Environment.Variables).map(([variable, value]) => [variable, literalOf(value)])
  return { name, bundle: join(folderOfAsset, 'index.mjs'), variables: Object.fromEntries(variables) }
}

/** Of a function's properties. */
interface Declared {
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> }
}

/** A text of the template; what only the deployment knows is `x` in it, and a whole value an empty object. */
function literalOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { 'Fn::Join': join }: { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] } = JSON.parse(
    JSON.stringify(value),
  )
  return join === undefined ? '{}' : join[1].map((part) => (typeof part === 'string' ? part : 'x')).join(join[0])
}

/** The median times until a bundle and the empty one are loaded, in milliseconds. */
function loads(bundle: string, variables: Record<string, string>, empty: string) {
  const pairs = Array.from({ length: runs }, () => [timeToLoad(bundle, variables), timeToLoad(empty, {})] as const)
  return { own: median(pairs.map(([ms]) => ms)), other: median(pairs.map(([, ms]) => ms)) }
}

/** Milliseconds since the process began. */
function timeToLoad(bundle: string, variables: Record<string, string>): number {
  const script = `await import(${JSON.stringify(bundle)}); process.stdout.write(String(performance.now())); process.exit(0)`
  const env = { ...variables, ...ofLambda }
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }))
}

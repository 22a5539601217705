import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env as pollerEnv } from '../../lambdas/functions/poller/env.ts'
import { provideAssembly } from '../../local/template/assembly-cache.ts'
import { figure, median } from '../figure.ts'

/**
 * Time from the start of a Node process until a function's bundle is ready for its first event, compared with
 * an empty handler. On AWS the download of the bundle adds to it.
 */
const runs = 7
/** The environment of a polled source's function. */
const aSource = JSON.stringify({ id: 'a', label: 'a', secretId: 'a' })

const folder = mkdtempSync(join(tmpdir(), 'auditlake-cold-start-'))
try {
  const { template, assetFolders } = await provideAssembly(join(folder, 'cdk.out'))
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, 'export const handler = async () => {}\n')
  for (const [, { type, properties }] of template.resources) {
    if (type !== 'AWS::Lambda::Function') continue
    const { name, bundle, variables } = describe(properties, assetFolders)
    const pairs = Array.from({ length: runs }, () => [timeToLoad(bundle, variables), timeToLoad(empty, {})] as const)
    const [own, other] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))]
    const kilobytes = Math.round(readFileSync(bundle).length / 1_000)
    const what = `start of a process until the bundle of ${kilobytes} kB is loaded, against an empty handler`
    console.log(JSON.stringify(figure(`cold-start-${name}`, own, 'ms', other, what)))
  }
} finally {
  rmSync(folder, { recursive: true })
}

function describe(properties: unknown, assetFolders: ReadonlyMap<string, string>) {
  // Reads only the members that name the function and its bundle.
  const text = JSON.stringify(properties)
  const hash = /"S3Key":"([0-9a-f]+)\.zip"/.exec(text)?.[1] ?? ''
  const folderOfAsset = assetFolders.get(hash) ?? assetFolders.get(`${hash}.zip`)
  if (folderOfAsset === undefined) throw new Error(`no asset ${hash}`)
  const name = /"POWERTOOLS_SERVICE_NAME":"([^"]+)"/.exec(text)?.[1] ?? 'unnamed'
  const named = [...text.matchAll(/"([A-Z][A-Z_]+)":/g)].map(([, variable = '']) => variable)
  const variables = named.map((variable) => [
    variable,
    variable === pollerEnv.source ? aSource : variable === pollerEnv.sourceType ? name : '{}',
  ])
  return { name, bundle: join(folderOfAsset, 'index.mjs'), variables: Object.fromEntries(variables) }
}

/** Milliseconds since the process began. */
function timeToLoad(bundle: string, variables: Record<string, string>): number {
  const script = `await import(${JSON.stringify(bundle)}); process.stdout.write(String(performance.now())); process.exit(0)`
  const env = { ...variables, AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'bench' }
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }))
}

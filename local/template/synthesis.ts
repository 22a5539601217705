import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from './assembly.ts'

/** Names a file that gets a line per synthesis below this process, so that the test suite can count them. */
export const synthesesVariable = 'AUDIT_LAKE_SYNTHESES'

export interface SynthesisOptions {
  /** The settings file. */
  readonly config: string
  /** Called with each step of the synthesis. */
  readonly onStep?: ((text: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Synthesizes the stack into a folder, without AWS credentials. Gives the same template as `npm run synth` without the
 * overhead of the CDK CLI.
 *
 * @throws with the problems of the settings file, or with the CDK's complaints.
 */
export async function synthesize(output: string, { config, onStep, signal }: SynthesisOptions): Promise<void> {
  countSynthesis(config)
  const context = {
    ...cdkJson().context,
    ...cliContext,
    config: path.resolve(config),
    allowExamples: true,
    withoutNativePackages: true,
  }
  const child = spawn(process.execPath, ['bin/audit-lake.ts'], {
    cwd: projectRoot,
    env: { ...withoutCredentials(process.env), CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  const exited = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  const complaints: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    const asset = /^Bundling asset \w+\/(.+?)\/Function\//.exec(line)?.[1]
    if (asset !== undefined) onStep?.(`Bundling ${asset}`)
    else if (!line.startsWith('npm warn')) complaints.push(line)
  })
  const code = await exited
  if (code !== 0) throw new Error(complaints.join('\n').trim() || `the CDK app ended with ${code}`)
}

export function countSynthesis(config: string): void {
  const file = process.env[synthesesVariable]
  if (file !== undefined) appendFileSync(file, `${config}\n`)
}

/** The CLI's default additions to the context of `cdk.json`, as far as they affect the template. */
const cliContext = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:disable-version-reporting': true,
}

function cdkJson(): { readonly context: object } {
  return JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8'))
}

/** Removes the environment's account and region, which would become part of the template. */
function withoutCredentials(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_'))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}

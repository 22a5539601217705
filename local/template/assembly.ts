import { spawn } from 'node:child_process'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { isObject, type JsonObject } from '../json.ts'
import { parseTemplate, type Template } from './template.ts'

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const bin = path.join(projectRoot, 'node_modules', '.bin')

export interface Assembly {
  readonly template: Template
  /** Folder of each asset, by the object key under which the template knows it. */
  readonly assetFolders: ReadonlyMap<string, string>
}

/**
 * Synthesizes the stack as `npm run synth` does, without AWS credentials.
 *
 * @param config The settings file; undefined for the one of the project.
 * @param output Folder for the assembly.
 * @throws with the problems of the settings file, or whatever else the CDK objects to.
 */
export async function synthesize(config: string | undefined, output: string): Promise<Assembly> {
  const context = config === undefined ? [] : ['-c', `config=${path.resolve(config)}`]
  // Made beside the old one and then put in its place: queries read it at any time.
  const making = `${output}.new`
  rmSync(making, { recursive: true, force: true })
  const child = spawn(
    path.join(bin, 'node'),
    [path.join(bin, 'cdk'), 'synth', '--quiet', '--output', making, ...context],
    {
      cwd: projectRoot,
      env: withoutCredentials(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  const [code, printed, complained] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  if (code !== 0) {
    rmSync(making, { recursive: true, force: true })
    throw new Error(explanation(`${complained}\n${printed}`) || `cdk synth ended with ${code}`)
  }
  rmSync(output, { recursive: true, force: true })
  renameSync(making, output)
  return readAssembly(output)
}

/** @throws when the folder holds no assembly, or one of several stacks. */
export function readAssembly(output: string): Assembly {
  const artifacts = manifestArtifacts(readJson(output, 'manifest.json'))
  const file = (type: string, property: string): unknown => {
    const found = artifacts.filter((artifact) => artifact.type === type)
    const properties = found.length === 1 ? found[0]?.properties : undefined
    if (!isObject(properties)) throw new Error(`${output} should hold one ${type} and holds ${found.length}`)
    return readJson(output, String(properties[property]))
  }
  return {
    template: parseTemplate(file('aws:cloudformation:stack', 'templateFile')),
    assetFolders: assetFolders(file('cdk:asset-manifest', 'file'), output),
  }
}

function manifestArtifacts(manifest: unknown): JsonObject[] {
  return isObject(manifest) && isObject(manifest.artifacts) ? Object.values(manifest.artifacts).filter(isObject) : []
}

function assetFolders(manifest: unknown, output: string): Map<string, string> {
  const files = isObject(manifest) && isObject(manifest.files) ? Object.values(manifest.files) : []
  const folders = new Map<string, string>()
  for (const file of files.filter(isObject)) {
    if (!isObject(file.source) || file.source.packaging !== 'zip' || !isObject(file.destinations)) continue
    for (const destination of Object.values(file.destinations).filter(isObject)) {
      folders.set(String(destination.objectKey), path.resolve(output, String(file.source.path)))
    }
  }
  return folders
}

function readJson(folder: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'))
}

/** With credentials the CLI would ask AWS for account and region, and the template would hold them. */
function withoutCredentials(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_'))
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true', NO_COLOR: '1' }
}

/** What the synthesis has to say, without the lines that report its progress and that a child of the CLI failed. */
function explanation(printed: string): string {
  return printed
    .split('\n')
    .filter((line) => !/Subprocess exited|^Bundling asset|^npm warn|feature flags are not configured/.test(line))
    .join('\n')
    .trim()
}

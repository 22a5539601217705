import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject, type JsonObject } from '../json.ts'
import { parseTemplate, type Template } from './template.ts'

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface Assembly {
  readonly template: Template
  /** Folder of each asset, by the object key under which the template knows it. */
  readonly assetFolders: ReadonlyMap<string, string>
}

/** @throws when the folder holds no assembly, or one with several stacks. */
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

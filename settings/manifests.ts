import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ConnectorManifest } from '../lambdas/connectors/manifest.ts'

const connectors = join(import.meta.dirname, '..', 'lambdas', 'connectors')

const providers = readdirSync(connectors, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
  .map(({ name }) => name)
  .sort()

/** The manifest of every connector by the name of its folder. */
export const manifests: ReadonlyMap<string, ConnectorManifest> = new Map(
  await Promise.all(
    providers.map(async (provider): Promise<[string, ConnectorManifest]> => {
      const file = pathToFileURL(join(connectors, provider, 'manifest.ts'))
      const { manifest }: { manifest: ConnectorManifest } = await import(file.href)
      return [provider, manifest]
    }),
  ),
)

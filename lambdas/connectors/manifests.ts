import { readdirSync } from 'node:fs'
import type { ConnectorManifest } from './manifest.ts'

const providers = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
  .map(({ name }) => name)
  .sort()

/** The manifest of every connector by the name of its folder. Functions know theirs from `generated/streams.ts`. */
export const manifests: ReadonlyMap<string, ConnectorManifest> = new Map(
  await Promise.all(
    providers.map(async (provider): Promise<[string, ConnectorManifest]> => {
      const { manifest }: { manifest: ConnectorManifest } = await import(`./${provider}/manifest.ts`)
      return [provider, manifest]
    }),
  ),
)

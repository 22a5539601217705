import type { SourceType } from '../lambdas/connectors/manifest.ts'
import { manifests } from '../lambdas/connectors/manifests.ts'

/** Every type a source in the settings can have, by its name, as the connectors' manifests declare it. */
export const sourceTypes: ReadonlyMap<string, SourceType> = new Map(
  manifests.flatMap((manifest) => Object.entries(manifest.sourceTypes)),
)

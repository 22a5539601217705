import type { SourceType } from '../lambdas/connectors/manifest.ts'
import { manifests } from './manifests.ts'

/** Every type that a source in the settings can have, by its name, as the connectors' manifests declare it. */
export const sourceTypes: ReadonlyMap<string, SourceType> = new Map(
  [...manifests.values()].flatMap(({ sourceTypes }) => Object.entries(sourceTypes)),
)

import type { SourceType } from '../lambdas/connectors/manifest.ts'
import { manifests } from './manifests.ts'

/** All source types by name, as the connectors' manifests declare them. */
export const sourceTypes: ReadonlyMap<string, SourceType> = new Map(
  [...manifests.values()].flatMap(({ sourceTypes }) => Object.entries(sourceTypes)),
)

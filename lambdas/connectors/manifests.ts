import { anthropic } from './anthropic/manifest.ts'
import { github } from './github/manifest.ts'
import { hex } from './hex/manifest.ts'
import type { ConnectorManifest } from './manifest.ts'

/** Every connector there is. A new one adds its line here and its handler under `lambdas/functions`. */
export const manifests: readonly ConnectorManifest[] = [anthropic, github, hex]

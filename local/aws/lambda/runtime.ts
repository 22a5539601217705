import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** What runs in each process of a function. */
export const bootstrapSource = fileURLToPath(new URL('bootstrap.ts', import.meta.url))

/**
 * Bundles it once for a run: a process that is given TypeScript loads what strips the types, which takes more memory and
 * time than all the rest of an idle function.
 *
 * @returns the file.
 */
export function bundleBootstrap(folder: string): string {
  const outfile = path.join(folder, 'bootstrap.mjs')
  buildSync({
    entryPoints: [bootstrapSource],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  })
  return outfile
}

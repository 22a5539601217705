import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** Source of the program in each function's process. */
export const bootstrapSource = fileURLToPath(new URL('bootstrap.ts', import.meta.url))

/**
 * Bundles it once per run: stripping types at start would cost a process more memory and time than all the rest of an
 * idle function.
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

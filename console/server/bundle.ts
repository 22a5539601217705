import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A file of the page. */
export interface PageFile {
  readonly type: string
  readonly body: Uint8Array
}

const folder = fileURLToPath(new URL('../page/', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

let bundled: ReturnType<typeof bundle> | undefined

/**
 * The page, bundled once in a process and in memory: `/` is `index.html`, beside it `/main.js` and `/style.css`.
 * @throws {Error} esbuild's, when a file is missing or faulty
 */
export async function bundlePage(): Promise<ReadonlyMap<string, PageFile>> {
  bundled ??= bundle()
  return await bundled
}

async function bundle(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['main.tsx', 'style.css'],
    outdir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    logLevel: 'silent',
  })
  const index: PageFile = { type: 'text/html; charset=utf-8', body: await readFile(path.join(folder, 'index.html')) }
  const bundled = outputFiles.map(({ path: file, contents }): readonly [string, PageFile] => [
    `/${path.basename(file)}`,
    { type: types[path.extname(file)] ?? 'application/octet-stream', body: contents },
  ])
  return new Map([['/', index], ...bundled])
}

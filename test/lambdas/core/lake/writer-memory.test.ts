import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { compileNormalizer } from '../../../../lambdas/core/normalize/normalizer.ts'
import { claimKey } from '../../../../lambdas/core/publish/claims.ts'
import { encodeMessages, pointerTo, rowLimits } from '../../../../lambdas/core/publish/message.ts'
import { githubWebhook } from '../../../../schemas/generated/github_webhook.ts'

/** The memory of the writer, in MB: `lib/delivery/index.ts`. */
const memoryMb = 1_024

const receivedAt = Date.now()
const { normalize } = compileNormalizer(githubWebhook)
const messageOf = (event: Parameters<typeof normalize>[0]): string => {
  const row = normalize(event, { sourceId: 'hooks', sourceLabel: '', receivedAt })
  return encodeMessages({ logType: githubWebhook.logType, sourceId: 'hooks', receivedAt, rows: [row] })[0] ?? ''
}

/** A message that cannot be compressed and takes two bytes for each character, as large as publishers make them. */
const largest = (): string =>
  messageOf({ comment: `€${randomBytes((rowLimits.bytes * 3) / 4 - 10_000).toString('base64')}` })

/** A message of a few KB that states as much as is read, and holds a list of that size. */
function bomb(): string {
  const good = messageOf({ action: 'x' })
  const text = `{"p_any_emails":[${'{},'.repeat(rowLimits.bytes / 3 - 100)}{}]}\n`
  const rows = zstdCompressSync(text).toString('base64')
  return JSON.stringify({ ...JSON.parse(good), rows, bytes: Buffer.byteLength(text) })
}

test('a batch of the largest messages, and of small ones that would become as large, fits into the memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auditlake-writer-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const put = async (body: string) => {
    const key = claimKey('claims/', body, receivedAt)
    await writeFile(join(folder, key.replaceAll('/', '-')), body)
    return pointerTo(body, { bucket: 'ops', key })
  }
  const bodies = [await put(largest()), bomb(), await put(largest()), bomb(), messageOf({ action: 'small' })]
  const file = fileURLToPath(new URL('../../../fixtures/writer-memory.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file, folder, JSON.stringify(bodies)])
  const { peakMb, ...outcome } = JSON.parse(stdout)
  expect(outcome).toEqual({ rows: 3, refused: ['too_large', 'too_large'], failed: [] })
  expect(peakMb).toBeLessThan(0.85 * memoryMb)
})

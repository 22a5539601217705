import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

/** The memory of the function that reads bodies, in MB: `lib/intake/webhook-recovery.ts`. */
const memoryMb = 1_024

/** A push of 25 MB with many commits, and ids that only the slower parse keeps. */
function largestDetail(): string {
  const commits = Array.from({ length: 50_000 }, (_, number) => ({
    id: number.toString(16).padStart(40, '0'),
    message: `Größe und Grenzen, ${'a'.repeat(390)} ${number}`,
    author: { name: 'ada', email: 'ada@example.com' },
  }))
  const payload = JSON.stringify({ ref: 'refs/heads/main', commits })
  return `{"id":90071992547409931,"request":{"headers":{},"payload":${payload}},"response":null}`
}

test('a body of 25 MB is read and published within the memory of its function', async () => {
  const detail = Buffer.from(largestDetail())
  expect(detail.length).toBeGreaterThan(25_000_000)
  const server = createServer((_request, response) => response.end(detail))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const file = fileURLToPath(new URL('../../../fixtures/large-body.ts', import.meta.url))
  const script = [file, `http://127.0.0.1:${address.port}`]
  const { stdout } = await promisify(execFile)(process.execPath, script)
  const { rows, peakMb }: { rows: number; peakMb: number } = JSON.parse(stdout)
  expect(rows).toBe(1)
  expect(peakMb).toBeLessThan(0.9 * memoryMb)
})

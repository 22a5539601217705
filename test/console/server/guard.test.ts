import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startConsole } from '../../../console/server/server.ts'
import { clientOf } from '../../support/console-world.ts'
import { ask } from '../../support/listeners.ts'

/** A console over a folder in which nothing runs. */
async function idleConsole() {
  const data = mkdtempSync(path.join(tmpdir(), 'console-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  const { url, close } = await startConsole({ choice: { data } })
  onTestFinished(close)
  return { url, data, ...clientOf(url) }
}

const json = { 'content-type': 'application/json' }

test('every API request needs the token of this start, and others are told apart by nothing', async () => {
  const { origin, token, ask: asked, data } = await idleConsole()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const wrong = [undefined, '', 'Bearer ', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token, `bearer ${token}`]
  const paths = [
    '/api/overview',
    '/api/sql',
    '/api/connect/hooks',
    '/api/nothing',
    '/elsewhere',
    '/api/connect/hooks/secret',
  ]
  for (const where of paths) {
    for (const authorization of wrong) {
      for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
        const headers = { origin, ...json, ...(authorization !== undefined && { authorization }) }
        const answer = await fetch(`${origin}${where}`, { method, headers, ...(method !== 'GET' && { body: '{}' }) })
        expect([where, authorization, method, answer.status]).toEqual([where, authorization, method, 401])
      }
    }
  }
  // In the address it does not count, where it would be logged.
  expect((await fetch(`${origin}/api/overview?token=${token}`)).status).toBe(401)
  const ours = await asked('/api/overview')
  expect(ours.status).toBe(503)
  expect(await ours.json()).toEqual({ error: expect.stringContaining(`No local run is running in ${data}. Start one`) })
})

test('another start has another token', async () => {
  const [one, other] = [await idleConsole(), await idleConsole()]
  expect(one.token).not.toBe(other.token)
  const answer = await fetch(`${one.origin}/api/overview`, { headers: { authorization: `Bearer ${other.token}` } })
  expect(answer.status).toBe(401)
})

const safe = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

test('every answer has the headers that keep a browser from harm', async () => {
  const { origin, port, token, ask: asked } = await idleConsole()
  const post = { method: 'POST', headers: { origin, ...json } }
  const answers = [
    ...(await Promise.all(['/', '/main.js', '/style.css', '/nothing'].map((where) => fetch(`${origin}${where}`)))),
    await fetch(origin, { method: 'DELETE' }),
    await asked('/api/overview'),
    await asked('/api/nothing'),
    await asked('/api/overview', { method: 'DELETE' }),
    await asked('/api/sql', { ...post, body: '{' }),
    await asked('/api/sql', { ...post, body: 'x'.repeat(200_000) }),
    await asked('/api/sql', { method: 'POST', headers: json, body: '{}' }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 401, 405, 503, 404, 405, 400, 413, 403])
  for (const answer of answers) expect(Object.fromEntries(answer.headers)).toMatchObject(safe)
  const { promise, resolve } = Promise.withResolvers<NodeJS.Dict<string | string[]>>()
  const headers = { host: 'rebound.example', authorization: `Bearer ${token}` }
  request({ host: '127.0.0.1', port, headers, agent: false }, (answer) => {
    answer.resume()
    resolve(answer.headers)
  }).end()
  expect(await promise).toMatchObject(safe)
})

test('the page names no other host, no inline script and no style in HTML', async () => {
  const { origin } = await idleConsole()
  const page = await fetch(origin)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const html = await page.text()
  expect(html).not.toMatch(/https?:|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|<style/i)
  expect((await fetch(`${origin}/main.js`)).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect((await fetch(`${origin}/style.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8')
})

test('what another page can make a browser send changes nothing, even with the token', async () => {
  const { port, token, origin } = await idleConsole()
  const host = `127.0.0.1:${port}`
  const authorization = `Bearer ${token}`
  const own = { host, authorization, 'content-type': 'application/json' }
  const send = async (headers: Readonly<Record<string, string>>) =>
    (await ask(port, headers, 'POST', '/api/redrive')).status
  expect(await send({ ...own, origin: 'https://site.example' })).toBe(403)
  expect(await send({ ...own, origin: 'null' })).toBe(403)
  expect(await send({ ...own, origin, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await send({ ...own, origin, host: `site.example:${port}` })).toBe(403)
  // Without an origin it comes from no page.
  expect(await send(own)).toBe(403)
  expect(await send({ ...own, origin })).toBe(400)
})

test.each([
  ['/api/overview', 'GET'],
  ['/api/rates', 'GET'],
  ['/api/events', 'GET'],
  ['/api/event', 'GET'],
  ['/api/failures', 'GET'],
  ['/api/redrive', 'POST'],
  ['/api/runs', 'GET'],
  ['/api/sql', 'GET and POST'],
  ['/api/connect/hooks', 'GET'],
  ['/api/connect/hooks/secret', 'POST'],
  ['/api/connect/hooks/credential', 'POST'],
  ['/api/connect/hooks/wait', 'GET'],
])('%s takes only %s', async (where, allowed) => {
  const { ask: asked, origin } = await idleConsole()
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await asked(where, { method, headers: { origin } })
    expect([method, answer.status === 405]).toEqual([method, !allowed.includes(method)])
  }
})

test.each([
  ['/api/redrive', '{"kind":"everything"}'],
  ['/api/redrive', '{"kind":"failures","dryRun":true}'],
  ['/api/redrive', '{"kind":"failures","queue":"records"}'],
  ['/api/redrive', '[]'],
  ['/api/redrive', 'null'],
  ['/api/sql', '{}'],
  ['/api/sql', '{"sql":""}'],
  ['/api/sql', '{"sql":"select 1","saved":"x"}'],
  ['/api/sql', '{"saved":"x","set":{"a":1}}'],
  ['/api/sql', '{"saved":"no-such-query","set":{}}'],
  ['/api/connect/hooks/credential', '{"credential":7}'],
])('%s refuses %s in words, without a stack', async (where, body) => {
  const { ask: asked, origin } = await idleConsole()
  const answer = await asked(where, { method: 'POST', headers: { origin, ...json }, body })
  expect(answer.status).toBe(400)
  const { error } = (await answer.json()) as { error: string }
  expect(error).toMatch(/\w/)
  expect(error).not.toMatch(/\bat .*:\d+|node_modules/)
})

test('a body that is no JSON is not quoted, because it may hold a credential', async () => {
  const { ask: asked, origin } = await idleConsole()
  const post = { method: 'POST', body: '{"credential": marked' }
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    const headers = { origin, 'content-type': type }
    const answer = await asked('/api/connect/hooks/credential', { ...post, headers })
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain('marked')
  }
})

test.each([
  '/api/events?limit=501',
  '/api/events?days=91',
  '/api/events?days=0',
  '/api/events?days=x',
  '/api/event?table=github_webhook&dt=today&id=1',
  '/api/event?table=github_webhook',
  '/api/runs?hours=169',
  '/api/connect/hooks/wait?since=x',
])('%s is refused', async (where) => {
  expect((await (await idleConsole()).ask(where)).status).toBe(400)
})

test.each([
  '//site.example/',
  '/\\site.example',
  '/%',
  '/api/../api/overview/..',
  '/main.tsx',
  '/../package.json',
  '/main.js/',
])('no file but those of the page is served: %s', async (where) => {
  const { port, token } = await idleConsole()
  const headers = { host: `127.0.0.1:${port}`, authorization: `Bearer ${token}` }
  expect((await ask(port, headers, 'GET', where)).status).toBe(404)
})

test('closing ends open connections', async () => {
  const { url, close } = await startConsole({ choice: { data: '/nowhere' } })
  const { origin } = new URL(url)
  await (await fetch(origin)).text()
  await close()
  await expect(fetch(origin)).rejects.toThrow()
})

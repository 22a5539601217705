import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HttpApi } from '../../../../local/aws/http-api/http-api.ts'
import { startPool } from '../../../support/function-host.ts'

/** An API on a real port, with a function whose behaviour follows the path's last part. */
async function startApi(...keys: string[]): Promise<HttpApi> {
  const api = await HttpApi.start({ id: 'api0', accountId: '000000000000', port: 0 })
  onTestFinished(() => api.stop())
  const pool = await startPool({ maxInstances: 1 })
  for (const key of keys.length > 0 ? keys : ['POST /{do}', 'POST /{do}/{id}']) api.addRoute(key, pool)
  return api
}

async function post(api: HttpApi, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(api.url + path, { method: 'POST', ...init })
}

async function eventOf(api: HttpApi, init: RequestInit = {}, path = '/echo'): Promise<Record<string, unknown>> {
  const { event }: { event: Record<string, unknown> } = JSON.parse(await (await post(api, path, init)).text())
  return event
}

describe('the event', () => {
  test('has the shape of payload format 2.0', async () => {
    const api = await startApi()
    const init = {
      headers: { 'X-Some-Header': 'Value', 'content-type': 'application/json', 'user-agent': 'tester' },
      body: '{"a":1}',
    }
    const before = Date.now()
    const event = await eventOf(api, init, '/echo/a%20%2Fb?q=1&q=2&r=%C3%A4+b')
    const host = new URL(api.url).host
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /{do}/{id}',
      rawPath: '/echo/a /b',
      rawQueryString: 'q=1&q=2&r=%C3%A4+b',
      headers: {
        accept: '*/*',
        'accept-encoding': expect.any(String),
        'accept-language': '*',
        connection: 'keep-alive',
        'content-length': '7',
        'content-type': 'application/json',
        host,
        'sec-fetch-mode': 'cors',
        'user-agent': 'tester',
        'x-some-header': 'Value',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { q: '1,2', r: 'ä b' },
      pathParameters: { do: 'echo', id: 'a /b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'api0',
        domainName: host,
        domainPrefix: 'api0',
        http: { method: 'POST', path: '/echo/a /b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tester' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'POST /{do}/{id}',
        stage: '$default',
        time: expect.stringMatching(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
        timeEpoch: expect.toSatisfy((epoch) => epoch >= before && epoch <= Date.now()),
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    })
  })

  test('leaves out what a request does not have', async () => {
    const event = await eventOf(await startApi())
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false })
    for (const member of ['body', 'queryStringParameters']) expect(event).not.toHaveProperty(member)
  })

  test('joins repeated headers', async () => {
    const api = await startApi()
    const request = `POST /echo HTTP/1.1\r\nHost: ${new URL(api.url).host}\r\nX-Twice: a\r\nx-twice: b, c\r\nConnection: close\r\n\r\n`
    const answer = await raw(api, request)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').event).toMatchObject({
      headers: { 'x-twice': 'a,b, c' },
    })
  })

  test.each([
    ['application/json', {}, false],
    ['application/json; charset=utf-8', {}, false],
    ['APPLICATION/JSON', {}, false],
    ['text/plain', {}, false],
    ['application/xml', {}, false],
    ['application/javascript', {}, false],
    ['application/x-www-form-urlencoded', {}, true],
    ['application/vnd.github+json', {}, true],
    ['application/octet-stream', {}, true],
    ['application/json', { 'content-encoding': 'gzip' }, true],
    ['', {}, true],
  ])('carries a body of type %j %j in base64: %j', async (contentType, headers, isBase64Encoded) => {
    const body = Buffer.from('{"ä":1}')
    const event = await eventOf(await startApi(), { body, headers: { 'content-type': contentType, ...headers } })
    expect(event).toMatchObject({ isBase64Encoded, body: body.toString(isBase64Encoded ? 'base64' : 'utf8') })
  })
})

describe('the answer', () => {
  const answerTo = async (returned: unknown) => {
    const response = await post(await startApi(), '/answer', {
      body: JSON.stringify(returned),
      headers: { 'content-type': 'text/plain' },
    })
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: await response.text(),
    }
  }

  test.each([
    ['a status alone', { statusCode: 204 }, { status: 204, body: '', type: 'text/plain; charset=utf-8' }],
    [
      'a whole response',
      { statusCode: 201, headers: { 'Content-Type': 'text/html' }, body: '<p>' },
      { status: 201, body: '<p>', type: 'text/html' },
    ],
    ['a body in base64', { statusCode: 200, body: 'w6Q=', isBase64Encoded: true }, { status: 200, body: 'ä' }],
    [
      'anything else, as JSON',
      { some: 'object' },
      { status: 200, body: '{"some":"object"}', type: 'application/json' },
    ],
    ['text', 'hello', { status: 200, body: 'hello' }],
    ['a status that is none', { statusCode: 'fine' }, { status: 500, body: '{"message":"Internal Server Error"}' }],
    [
      'a body that is not text',
      { statusCode: 200, body: { a: 1 } },
      { status: 500, body: '{"message":"Internal Server Error"}' },
    ],
  ])('for %s', async (_, returned, expected) => {
    expect(await answerTo(returned)).toMatchObject(expected)
  })

  test('for a failed function does not reveal the reason', async () => {
    const response = await post(await startApi(), '/throw')
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}'])
  })
})

describe('limits', () => {
  const statusAndText = async (response: Response) => [response.status, await response.text()]
  const tooLarge = [413, '{"message":"Request Entity Too Large"}']

  test('a body above 10 MiB is answered 413 without calling the function', async () => {
    const response = await post(await startApi(), '/nothing', { body: Buffer.alloc(10 * 1024 * 1024 + 1) })
    expect(await statusAndText(response)).toEqual(tooLarge)
  })

  test('an event may have 6,291,456 bytes, and one byte more is answered 413', async () => {
    const api = await startApi()
    const sizeOf = (length: number) =>
      post(api, '/size', { body: 'x'.repeat(length), headers: { 'content-type': 'text/plain' } })
    const around = Number(await (await sizeOf(1_000_000)).text()) - 1_000_000
    expect(await statusAndText(await sizeOf(6_291_456 - around))).toEqual([200, '6291456'])
    expect(await statusAndText(await sizeOf(6_291_457 - around))).toEqual(tooLarge)
  })

  test('a body in base64 is larger by a third', async () => {
    const api = await startApi()
    const sized = (length: number) => post(api, '/size', { body: Buffer.alloc(length) })
    expect((await sized(4_717_000)).status).toBe(200)
    expect((await sized(4_718_592)).status).toBe(413)
  })

  test('an answer may have 6,291,556 bytes of JSON, and one byte more is answered 500', async () => {
    const api = await startApi()
    const large = await post(api, '/large/6291556')
    expect([large.status, (await large.text()).length]).toEqual([200, 6_291_554])
    expect(await statusAndText(await post(api, '/large/6291557'))).toEqual([500, '{"message":"Internal Server Error"}'])
  })

  test('request line and header values may have 10,240 bytes together, and one byte more is answered 431', async () => {
    const api = await startApi()
    const line = 'POST /size HTTP/1.1'
    const { host } = new URL(api.url)
    const others = line.length + host.length + 'close'.length
    const head = (bytes: number) =>
      `${line}\r\nHost: ${host}\r\nConnection: close\r\nX-Filler: ${'f'.repeat(bytes - others)}\r\n\r\n`
    expect(await raw(api, head(10_240))).toMatch(/^HTTP\/1.1 200 /)
    const refused = await raw(api, head(10_241))
    expect(refused).toMatch(/^HTTP\/1.1 431 /)
    expect(refused).toContain('{"message":"Request Header Fields Too Large"}')
    expect(await raw(api, head(60_000))).toMatch(/^HTTP\/1.1 431 /)
  })

  test('each route allows its burst, then its rate', async () => {
    const api = await startApi('POST /{do}', 'PUT /{do}')
    api.throttle(0.001, 2)
    const statuses = []
    for (let n = 0; n < 3; n++) statuses.push(await statusAndText(await post(api, '/nothing', { body: 'x' })))
    expect(statuses.map(([status]) => status)).toEqual([200, 200, 429])
    expect(statuses[2]?.[1]).toBe('{"message":"Too Many Requests"}')
    expect((await fetch(`${api.url}/nothing`, { method: 'PUT' })).status).toBe(200)
  })

  test("a call that the function's policy does not permit is answered 500", async () => {
    const api = await startApi('PUT /{do}')
    const asked: string[] = []
    api.addRoute('POST /{do}', await startPool({}, { onLine: (line) => asked.push(line) }), () => false)
    const response = await post(api, '/nothing')
    expect(await statusAndText(response)).toEqual([500, '{"message":"Internal Server Error"}'])
  })
})

describe('routes', () => {
  test.each([
    ['GET', '/github/a', 404],
    ['POST', '/github', 404],
    ['POST', '/github/', 404],
    ['POST', '/github/a/b', 404],
    ['POST', '/other/a', 404],
    ['POST', '/github/%zz', 400],
    ['POST', '/github/a', 200],
    ['POST', '/%67ithub/a', 200],
  ])('%s %s is answered %i', async (method, path, status) => {
    const response = await fetch((await startApi('POST /github/{sourceId}')).url + path, { method })
    expect(response.status).toBe(status)
    if (status === 404) expect(await response.text()).toBe('{"message":"Not Found"}')
  })

  test('the most specific matching route wins, in any order', async () => {
    const api = await startApi('POST /{id}', 'POST /a', 'PUT /{id}')
    const routeKey = async (method: string, path: string) => {
      const { event } = JSON.parse(await (await fetch(api.url + path, { method })).text())
      return event.routeKey
    }
    expect(await routeKey('POST', '/a')).toBe('POST /a')
    expect(await routeKey('POST', '/b')).toBe('POST /{id}')
    expect(await routeKey('PUT', '/a')).toBe('PUT /{id}')
  })

  test.each(['ANY /a', '$default', 'POST /{proxy+}'])('%s is refused', async (key) => {
    await expect(startApi(key)).rejects.toThrow(`route "${key}": the local run knows routes of one method`)
  })

  test('an error names a taken port', async () => {
    const { port } = new URL((await startApi()).url)
    await expect(HttpApi.start({ id: 'b', accountId: '', port: Number(port) })).rejects.toThrow(`port ${port} is taken`)
  })
})

test('a stop waits for no client that sends on and on over one connection', async () => {
  const api = await startApi()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const statuses: (number | undefined)[] = []
  const send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(`${api.url}/echo`, { method: 'POST', agent }, (answer) => {
        statuses.push(answer.statusCode)
        answer.resume().on('end', resolve)
      })
      sent.on('error', reject).end()
    })
  const sending = (async () => {
    for (;;) await send()
  })().catch((error: unknown) => error)
  await expect.poll(() => statuses.length).toBeGreaterThanOrEqual(3)
  await api.stop()
  expect(await sending).toBeInstanceOf(Error)
  expect(new Set(statuses)).toEqual(new Set([200]))
})

async function raw(api: HttpApi, request: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  socket.write(request)
  return text(socket)
}

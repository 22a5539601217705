import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bootstrapSource, bundleBootstrap } from '../../../../local/aws/lambda/runtime.ts'
import { processInfo } from '../../../../local/process/process-table.ts'
import { fixture, invoke, startPool } from '../../../support/function-host.ts'

describe('an event', () => {
  test("reaches the handler with Lambda's context", async () => {
    const pool = await startPool()
    const answer = await invoke(pool, { do: 'echo', text: 'ä \u2028' })
    expect(answer).toMatchObject({
      event: { do: 'echo', text: 'ä \u2028' },
      context: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: 'behaviours',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:behaviours',
        memoryLimitInMB: '256',
        logGroupName: 'logs-of-behaviours',
      },
    })
    expect(answer).toHaveProperty('context.remaining', expect.closeTo(20_000, -4))
  })

  test('is answered null when the handler returns nothing', async () => {
    const outcome = await (await startPool()).invoke({ do: 'nothing' })
    expect(outcome).toEqual({ ok: true, payload: 'null' })
  })
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s, which reaches a whole group of processes, does not end a function at work',
  async (signal) => {
    const pool = await startPool()
    await invoke(pool, { do: 'echo' })
    for (const pid of pool.pids) process.kill(pid, signal)
    const pids = [...pool.pids]
    expect(await invoke(pool, { do: 'echo', text: 'still here' })).toMatchObject({ event: { text: 'still here' } })
    expect(pool.pids).toEqual(pids)
  },
)

test('the bundled bootstrap behaves the same', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bootstrap-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const principal = { name: 'behaviours', accessKeyId: 'id', secretAccessKey: 'secret' }
  const files = { bootstrap: bundleBootstrap(folder), clockFile: fixture('no-clock.json'), disks: folder }
  const surroundings = { region: 'us-east-1', endpoint: 'http://127.0.0.1:9', principal, ...files, variables: {} }
  expect(await invoke(await startPool({}, { surroundings }), { do: 'instance' })).toMatchObject({ calls: 1 })
})

describe('the environment', () => {
  test('has the variables of template and Lambda, and none of the parent process', async () => {
    vi.stubEnv('LEAKED_FROM_THE_PARENT', 'yes')
    vi.stubEnv('AWS_PROFILE', 'somebody')
    onTestFinished(() => void vi.unstubAllEnvs())
    const pool = await startPool({ variables: { TABLE: 'of the template' } })
    expect(await invoke(pool, { do: 'environment' })).toEqual({
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/),
      AWS_ACCESS_KEY_ID: 'AKIDFUNCTION',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'behaviours',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: 'logs-of-behaviours',
      AWS_LAMBDA_LOG_STREAM_NAME: 'behaviours',
      AWS_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'local',
      LAMBDA_TASK_ROOT: fixture('behaviours'),
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TABLE: 'of the template',
      TMPDIR: expect.stringContaining('behaviours-'),
      TZ: ':UTC',
    })
  })

  test("states the template's memory", async () => {
    const small = Number(await invoke(await startPool({ memoryMegabytes: 128 }), { do: 'heapLimit' }))
    const large = Number(await invoke(await startPool({ memoryMegabytes: 512 }), { do: 'heapLimit' }))
    expect(large - small).toBe(384 * 1024 * 1024)
  })
})

describe('instances', () => {
  test('are kept warm and reused', async () => {
    const pool = await startPool()
    const first = await invoke(pool, { do: 'instance' })
    expect(await invoke(pool, { do: 'instance' })).toEqual({ ...Object(first), calls: 2 })
    expect(pool.pids).toHaveLength(1)
  })

  test('grow with the waiting events up to the limit, each with one event at a time', async () => {
    const pool = await startPool({ maxInstances: 3 })
    const answers = await Promise.all(
      Array.from({ length: 9 }, () => invoke(pool, { do: 'instance', milliseconds: 400 })),
    )
    const calls = Map.groupBy(answers, (answer) => Object(answer).pid)
    // A slow starter may have come too late for an event.
    expect(pool.pids).toHaveLength(3)
    expect(calls.size).toBeGreaterThan(1)
    // An instance with two events at once would have counted both before answering either.
    for (const answered of calls.values())
      expect(answered.map((answer) => Object(answer).calls)).toEqual(answered.map((_, index) => index + 1))
  })

  test('end when the pool stops, after finishing the running event', async () => {
    const pool = await startPool()
    await invoke(pool, { do: 'instance' })
    const [pid = 0] = pool.pids
    const running = invoke(pool, { do: 'instance', milliseconds: 300 })
    await pool.stop()
    expect(await running).toMatchObject({ calls: 2 })
    expect(processInfo(pid)).toBeUndefined()
    await expect(invoke(pool, { do: 'echo' })).rejects.toThrow('behaviours is stopped')
  })

  test('end after their idle time, and start again with the next event', async () => {
    const pool = await startPool({}, { idleLimitMs: 50 })
    const before = Object(await invoke(pool, { do: 'instance' }))
    await expect.poll(() => processInfo(before.pid)).toBeUndefined()
    const running = Object(await invoke(pool, { do: 'instance', milliseconds: 200 }))
    expect(running).toMatchObject({ calls: 1 })
    expect(running.pid).not.toBe(before.pid)
  })

  test('print whole lines', async () => {
    const lines: string[] = []
    const pool = await startPool({}, { onLine: (line) => lines.push(line) })
    const long = 'x'.repeat(200_000)
    await invoke(pool, { do: 'print', lines: ['one', 'zwei\u2028drei ✓', long] })
    await pool.stop()
    expect(lines).toEqual(['one', 'zwei\u2028drei ✓', long])
  })
})

describe('a failure', () => {
  test.each([
    [
      'an error',
      'throw',
      {
        errorType: 'RangeError',
        errorMessage: 'out of range',
        trace: expect.arrayContaining(['RangeError: out of range']),
      },
    ],
    ['something else that is thrown', 'throwText', { errorType: 'string', errorMessage: 'no error object', trace: [] }],
    [
      'the end of the process',
      'exit',
      { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: exit status 3' },
    ],
    [
      'an error outside the handler',
      'rejectElsewhere',
      expect.objectContaining({ errorType: 'Error', errorMessage: 'nobody waited for this' }),
    ],
  ])('%s fails only its own event', async (_, wish, error) => {
    const failures: unknown[] = []
    const pool = await startPool({}, { onFailure: (failure) => failures.push(failure) })
    expect(await pool.invoke({ do: wish })).toEqual({ ok: false, error })
    expect(failures).toEqual([error])
    expect(await invoke(pool, { do: 'instance' })).toMatchObject({ calls: 1 })
  })

  test('an event that times out ends with its process, and a new process takes the next', async () => {
    const pool = await startPool({ timeoutSeconds: 1 })
    const before = await invoke(pool, { do: 'instance' })
    const outcome = await pool.invoke({ do: 'hang' })
    expect(outcome).toMatchObject({ ok: false, error: { errorType: 'Sandbox.Timedout' } })
    expect(outcome).toHaveProperty(
      'error.errorMessage',
      expect.stringMatching(/^RequestId: \S{36} Error: Task timed out after 1.00 seconds$/),
    )
    const after = await invoke(pool, { do: 'instance' })
    expect(Object(after).pid).not.toBe(Object(before).pid)
  })

  test.each([
    ['cannot be loaded', { taskRoot: fixture('broken') }, 'Error: this bundle cannot be loaded'],
    ['is not there', { handler: 'other.handler' }, "Error: Cannot find module 'other'"],
    ['has no such export', { handler: 'index.other' }, 'Error: index.other is undefined or not a function'],
  ])('a bundle that %s fails each event once', async (_, spec, message) => {
    const pool = await startPool({ ...spec, maxInstances: 1 })
    const both = [invoke(pool, {}), invoke(pool, {})]
    for (const result of await Promise.allSettled(both)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message } })
    }
  })
})

describe('limits', () => {
  test('an event may have 6,291,456 bytes', async () => {
    const pool = await startPool()
    const event = (bytes: number) => ({ do: 'size', text: 'x'.repeat(bytes - '{"do":"size","text":""}'.length) })
    expect(await invoke(pool, event(6_291_456))).toBe(6_291_456)
    expect(await pool.invoke(event(6_291_457))).toMatchObject({
      ok: false,
      error: { errorType: 'RequestTooLargeException', errorMessage: expect.stringContaining('6291457 byte') },
    })
  })

  test('an answer may have 6,291,556 bytes', async () => {
    const pool = await startPool()
    expect(await pool.invoke({ do: 'large', bytes: 6_291_556 })).toMatchObject({ ok: true })
    expect(await pool.invoke({ do: 'large', bytes: 6_291_557 })).toMatchObject({
      ok: false,
      error: { errorType: 'Function.ResponseSizeTooLarge' },
    })
    expect(await invoke(pool, { do: 'instance' })).toMatchObject({ calls: 1 })
  })
})

describe('while its concurrency is used up', () => {
  test('a function refuses events, which are no invocations', async () => {
    const outcomes: unknown[] = []
    const pool = await startPool({}, { onOutcome: (outcome) => outcomes.push(outcome) })
    pool.isThrottled = true
    const refused = { ok: false, error: { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' } }
    expect(await pool.invoke({ do: 'nothing' })).toEqual(refused)
    expect(pool.pids).toEqual([])
    pool.isThrottled = false
    expect(await pool.invoke({ do: 'nothing' })).toEqual({ ok: true, payload: 'null' })
    expect(outcomes).toEqual([refused, { ok: true, payload: 'null' }])
  })

  test('an asynchronous event waits', async () => {
    const pool = await startPool()
    pool.isThrottled = true
    const event = pool.invokeAsync({ do: 'nothing' })
    setTimeout(() => {
      pool.isThrottled = false
    }, 100)
    expect(await event).toEqual({ ok: true, payload: 'null' })
  })

  test('an asynchronous event is dropped when it gets too old', async () => {
    const pool = await startPool()
    pool.maxAgeSeconds = 0.2
    pool.isThrottled = true
    expect(await pool.invokeAsync({ do: 'nothing' })).toMatchObject({ error: { errorType: 'EventAgeExceeded' } })
  })

  test('an asynchronous event does not keep the pool from stopping', async () => {
    const pool = await startPool()
    pool.isThrottled = true
    const event = pool.invokeAsync({ do: 'nothing' })
    await pool.stop()
    expect(await event).toMatchObject({ ok: false })
  })
})

describe('an asynchronous event', () => {
  test('is dropped when it gets too old before there is room', async () => {
    const pool = await startPool({ maxInstances: 1 })
    await invoke(pool, { do: 'instance' })
    pool.maxAgeSeconds = 0.3
    const busy = invoke(pool, { do: 'instance', milliseconds: 1_000 })
    expect(await pool.invokeAsync({ do: 'instance' })).toMatchObject({
      ok: false,
      error: { errorType: 'EventAgeExceeded' },
    })
    expect(await busy).toMatchObject({ calls: 2 })
    expect(await invoke(pool, { do: 'instance' })).toMatchObject({ calls: 3 })
  })

  test('is not retried when the function fails', async () => {
    const failures: unknown[] = []
    const pool = await startPool({}, { onFailure: (failure) => failures.push(failure) })
    expect(await pool.invokeAsync({ do: 'throw' })).toMatchObject({ ok: false, error: { errorType: 'RangeError' } })
    expect(failures).toHaveLength(1)
    expect(await pool.invokeAsync({ do: 'nothing' })).toEqual({ ok: true, payload: 'null' })
  })
})

describe('the clock', () => {
  interface Dates {
    readonly moments: readonly number[]
    readonly fixed: readonly unknown[]
    readonly kind: readonly unknown[]
    readonly remaining: number
  }

  async function startClock() {
    const clockFile = path.join(mkdtempSync(path.join(tmpdir(), 'clock-')), 'clock.json')
    onTestFinished(() => rmSync(path.dirname(clockFile), { recursive: true }))
    const shift = (offsetMs: number) => writeFileSync(clockFile, JSON.stringify({ offsetMs }))
    const principal = { name: 'behaviours', accessKeyId: 'id', secretAccessKey: 'secret' }
    const bootstrap = bootstrapSource
    const endpoint = 'http://127.0.0.1:9'
    const surroundings = {
      region: 'us-east-1',
      endpoint,
      principal,
      bootstrap,
      clockFile,
      disks: path.dirname(clockFile),
      variables: {},
    }
    const pool = await startPool({ maxInstances: 1 }, { surroundings })
    const dates = async (milliseconds = 0): Promise<Dates> => {
      const {
        moments = [],
        fixed = [],
        kind = [],
        remaining = 0,
      } = Object(await invoke(pool, { do: 'dates', milliseconds }))
      return { moments, fixed, kind, remaining }
    }
    return { pool, shift, clockFile, dates }
  }

  const day = 86_400_000
  const near = (moments: readonly number[], expected: number) =>
    moments.every((moment) => Math.abs(moment - expected) < day / 24)

  test('is shifted in the function before and during its run, and back', async () => {
    const { shift, dates, clockFile } = await startClock()
    shift(day)
    const first = await dates()
    expect(first.moments).toSatisfy((moments) => near(moments, Date.now() + day))
    expect(first.fixed).toEqual([5, '2026-01-01T00:00:00.001Z', 0])
    expect(first.kind).toEqual([true, '[object Date]', true])
    expect(first.remaining).toBeGreaterThan(0)
    shift(-day)
    expect((await dates()).moments).toSatisfy((moments) => near(moments, Date.now() - day))
    const running = dates(1_000)
    shift(3 * day)
    expect((await running).moments).toSatisfy((moments) => near(moments, Date.now() + 3 * day))
    rmSync(clockFile)
    expect((await dates()).moments).toSatisfy((moments) => near(moments, Date.now()))
  })

  test('follows two changes with the same file time', async () => {
    const { shift, dates, clockFile } = await startClock()
    for (const offset of [day, 2 * day]) {
      shift(offset)
      utimesSync(clockFile, 1, 1)
      expect((await dates()).moments).toSatisfy((moments) => near(moments, Date.now() + offset))
    }
  })

  test("does not shift the function's timeout", async () => {
    const { shift, dates } = await startClock()
    shift(-day)
    expect((await dates(200)).remaining).toBeLessThanOrEqual(20_000)
  })
})

test('functions end when their parent process is killed', async () => {
  const host = spawn(process.execPath, [fileURLToPath(new URL('../../../fixtures/host-to-kill.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void host.kill('SIGKILL'))
  const [line] = await once(host.stdout, 'data')
  const pids: number[] = JSON.parse(String(line))
  expect(pids.map((pid) => processInfo(pid)?.parent)).toEqual([host.pid, host.pid])
  host.kill('SIGKILL')
  await expect.poll(() => pids.filter((pid) => processInfo(pid) !== undefined)).toEqual([])
})

import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { inspect } from 'node:util'
import { listenOnLoopback } from '../../../simulators/shared/loopback-server.ts'
import type { JsonObject } from '../../json.ts'
import { printText } from '../../screen/print.ts'
import { Principals } from '../iam/principals.ts'
import { jsonObject } from '../json-protocol.ts'
import type { LambdaOptions } from '../lambda/invoke.ts'
import { readBody } from '../read-body.ts'
import type { BucketAccess } from '../s3/bucket-access.ts'
import type { ObjectStore } from '../s3/s3.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Queues } from '../sqs/sqs.ts'
import {
  type Answer,
  AnswerLost,
  type Call,
  type Interceptor,
  ServiceError,
  type Store,
  type StoreRequest,
} from '../store.ts'
import { identifyCaller, speaks } from './credentials.ts'
import { openStores, queueRequest, type Stores } from './stores.ts'

export interface GatewayOptions {
  /** The data folder, in which the stores keep their state, and `access-keys.json` the keys of users. */
  readonly dataDir: string
  /** Port on 127.0.0.1. @default 0: any free port */
  readonly port?: number
  /** @default 'us-east-1' */
  readonly region?: string
  /** From the outside in: the first sees a call first and its answer last. @default none */
  readonly interceptors?: readonly Interceptor[]
  /** Decides whether buckets may notify queues, and learns the policies of buckets. @default everything is allowed */
  readonly access?: BucketAccess
  /** The functions that callers may invoke, by name. @default none */
  readonly functions?: LambdaOptions['functions']
  /** The time at which objects are modified, in milliseconds since 1970. @default that of the system */
  readonly now?: () => number
  /** Receives faults of the stores themselves, which callers see as `InternalFailure`. @default printed on stderr */
  readonly onFault?: (error: unknown) => void
}

export interface Gateway {
  /** The endpoint of all services. */
  readonly url: string
  readonly region: string
  readonly accountId: string
  readonly principals: Principals
  readonly objects: ObjectStore
  readonly queues: Queues
  readonly secrets: Secrets
  /**
   * Calls SQS from within this process, as Lambda does for a mapping; interceptors apply as to any other call.
   * @throws {Error} when the call is refused
   */
  askQueues(principal: string, operation: string, input: JsonObject): Promise<JsonObject>
  /** Waits for the calls under way and closes the stores. Acknowledged writes are kept. */
  close(): Promise<void>
}

/** The account of local runs, the only one that fauxqs knows. */
export const accountId = '000000000000'

/**
 * S3, SQS, Secrets Manager and the invocation of functions behind one address that is reachable only from this machine.
 * Identifies the caller, runs the interceptors, and hands the call to its store.
 * @throws {Error} when the port is taken, or state in `dataDir` cannot be read
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port = 0, region = 'us-east-1', onFault = printFault } = options
  // Queues open after the server listens, because their URLs contain its address.
  let respond = async (_request: StoreRequest): Promise<Answer> => ({ status: 503, headers: { 'retry-after': '1' } })
  const { server, url } = await listenOnLoopback({ port, ...patience }, (incoming, outgoing) => {
    respond(storeRequest(incoming))
      .then((answer) => send(answer, outgoing))
      .catch((error: unknown) => {
        if (!(error instanceof AnswerLost)) onFault(error)
        outgoing.destroy()
      })
  }).catch((error: Error) => {
    throw new Error(`Cannot listen on 127.0.0.1:${port}: ${error.message}`)
  })
  try {
    const principals = new Principals(join(options.dataDir, 'access-keys.json'))
    const { dataDir, access, functions = new Map(), now } = options
    const stores = await openStores({ dataDir, url, region, accountId, access, functions, onFault, now })
    respond = (request) => answerTo(request, { ...options, region, onFault }, principals, stores)
    return {
      url,
      region,
      accountId,
      principals,
      objects: stores.s3,
      queues: stores.sqs,
      secrets: stores.secretsmanager,
      async askQueues(principal, operation, input) {
        const request = queueRequest(operation, input)
        const call: Call = { principal, service: 'sqs', request, access: await stores.sqs.accessOf(request) }
        const { status, body } = await pass(call, options.interceptors ?? [], stores.sqs)
        if (status === 200 && typeof body === 'string') return jsonObject(body)
        throw new Error(`${operation} was answered ${status}`)
      },
      async close() {
        const closed = new Promise((resolve) => server.close(resolve))
        await stores.s3.notifications.close()
        await stores.sqs.close()
        server.closeAllConnections()
        await closed
      },
    }
  } catch (error) {
    server.close()
    throw error
  }
}

async function answerTo(
  request: StoreRequest,
  { region, interceptors = [], onFault }: GatewayOptions & { region: string; onFault: (error: unknown) => void },
  principals: Principals,
  stores: Stores,
): Promise<Answer> {
  // Until the service is known, the protocol decides the form of the error.
  let store: Store = stores[speaks(request)]
  try {
    const { principal, service } = identifyCaller(request, principals, region)
    store = stores[service]
    const call: Call = { principal: principal.name, service, request, access: await store.accessOf(request) }
    return await pass(call, interceptors, store)
  } catch (error) {
    if (error instanceof AnswerLost) throw error
    if (error instanceof ServiceError) return store.refuse(error, request)
    if (!isHangUp(error)) onFault(error)
    return store.refuse(new ServiceError(500, 'InternalFailure', 'The store failed: see the local run.'), request)
  }
}

/** The caller disconnected in the middle of its request. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
}

function pass(call: Call, [first, ...rest]: readonly Interceptor[], store: Store): Promise<Answer> {
  return first ? first(call, () => pass(call, rest, store)) : store.handle(call.request)
}

const printFault = (error: unknown): void => printText(inspect(error), process.stderr)

/**
 * Functions keep their connection between batches; Node's default of 5 s would now and then close it under a request.
 */
const patience = { keepAliveTimeout: 60_000, requestTimeout: 0 } as const

/** Limit of bodies read into memory (objects are streamed). SQS takes 1 MiB, which JSON can make six times as long. */
const longestText = 16 * 1024 * 1024

function storeRequest(incoming: IncomingMessage): StoreRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  let json: ReturnType<StoreRequest['json']> | undefined
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: incoming.headers,
    body: incoming,
    json: () => {
      json ??= readBody(incoming, longestText).then((body) => {
        if (body) return jsonObject(body.toString())
        throw new ServiceError(413, 'RequestEntityTooLarge', `The body exceeds ${longestText} bytes.`)
      })
      return json
    },
  }
}

async function send({ status, headers, body }: Answer, outgoing: ServerResponse): Promise<void> {
  const length = typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {}
  // Not sent: a function with a shifted clock would take its own for wrong and try each refused call three times.
  outgoing.sendDate = false
  outgoing.writeHead(status, { ...length, ...headers })
  if (!(body instanceof Readable)) {
    outgoing.end(body)
    return
  }
  try {
    await pipeline(body, outgoing)
  } catch (error) {
    if (!outgoing.destroyed) throw error // a reader may disconnect at any time
  } finally {
    body.destroy() // stays open if the reader disconnects before the first byte
  }
}

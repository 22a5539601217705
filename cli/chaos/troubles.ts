import type { FaultRule } from '../../local/aws/gateway/faults.ts'
import type { JsonObject } from '../../simulators/shared/json.ts'
import { pick, randomText } from '../../simulators/shared/seeded-random.ts'
import { control } from './feeds.ts'
import type { World } from './world.ts'

/** Something that goes wrong. */
export interface Trouble {
  /** What is counted, in a few words. */
  readonly name: string
  /** How often it is chosen, against the others. */
  readonly weight: number
  /** Set where the troubles under way have to end before it begins. */
  readonly isAlone?: true
  /** @returns what ends it, if it does not end by itself */
  begin(world: World, random: () => number): Promise<Remedy | undefined> | Remedy | undefined
}

/** What ends a trouble. */
export interface Remedy {
  /** Milliseconds of real time until then. */
  readonly afterMs: number
  readonly end: () => Promise<void> | void
}

const between = (random: () => number, least: number, most: number): number =>
  Math.round(least + random() * (most - least))

/** Calls of the stores that functions make, as patterns of IAM actions. */
const steps = [
  's3:GetObject',
  's3:PutObject',
  's3:ListBucket',
  's3:DeleteObject',
  'sqs:SendMessage',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'secretsmanager:GetSecretValue',
] as const

/** Functions whose processes are there to be killed. */
const alive = ({ run }: World): string[] =>
  [...run.functions].flatMap(([name, { pids }]) => (pids.length > 0 ? [name] : []))

const kill = (world: World, name: string): void => {
  if (world.isUp) for (const pid of world.run.functionNamed(name).pids) process.kill(pid, 'SIGKILL')
}

/** A fault of a store that lasts for some seconds. */
function passing({ run }: World, rule: FaultRule, afterMs: number): Remedy {
  const fault = run.faults.add(rule)
  return { afterMs, end: () => fault.remove() }
}

/** Some calls of one kind, of all functions or of one. */
function some(world: World, random: () => number): Pick<FaultRule, 'action' | 'principal' | 'probability' | 'random'> {
  const one = random() < 0.3 ? { principal: pick([...world.run.functions.keys()], random) } : {}
  const service = random() < 0.3 ? pick(['s3:*', 'sqs:*', 'secretsmanager:*'], random) : pick(steps, random)
  return { action: service, probability: pick([0.2, 0.5, 1], random), random, ...one }
}

const errors = [
  { status: 500, code: 'InternalError' },
  { status: 503, code: 'SlowDown' },
  { status: 503, code: 'ServiceUnavailable' },
  { status: 400, code: 'ThrottlingException' },
  { status: 403, code: 'AccessDenied' },
] as const

/** Longer than any function waits. */
const neverMs = 60_000

const faultsOfProviders: readonly JsonObject[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 404 },
  { kind: 'html', status: 503 },
  { kind: 'text', body: 'not JSON' },
  { kind: 'truncate' },
  { kind: 'truncate', midway: true },
  { kind: 'reset' },
  { kind: 'redirect' },
  { kind: 'hang', ms: 20_000 },
]

/** Everything that a storm is made of. */
export const troubles: readonly Trouble[] = [
  {
    name: 'functions killed',
    weight: 6,
    begin(world, random) {
      const names = alive(world)
      if (names.length > 0) kill(world, pick(names, random))
      return undefined
    },
  },
  /** Between two steps: before a store carries out a call, or when it has, and the function never learns of it. */
  {
    name: 'functions killed at a step',
    weight: 10,
    begin(world, random) {
      const name = pick([...world.run.functions.keys()], random)
      const rule: FaultRule = {
        principal: name,
        action: pick(steps, random),
        kind: random() < 0.5 ? 'fail' : 'lose-answer',
        skip: between(random, 0, 4),
        count: 1,
        onHit: () => kill(world, name),
      }
      return passing(world, rule, between(random, 4_000, 12_000))
    },
  },
  {
    name: 'all functions killed at once',
    weight: 1,
    begin(world) {
      for (const name of alive(world)) kill(world, name)
      return undefined
    },
  },
  {
    name: 'stores failing',
    weight: 8,
    begin: (world, random) =>
      passing(world, { ...some(world, random), ...pick(errors, random), kind: 'fail' }, between(random, 1_000, 10_000)),
  },
  {
    name: 'answers of stores lost',
    weight: 6,
    begin: (world, random) =>
      passing(world, { ...some(world, random), kind: 'lose-answer' }, between(random, 500, 5_000)),
  },
  {
    name: 'stores slow',
    weight: 4,
    begin: (world, random) =>
      passing(
        world,
        { ...some(world, random), kind: 'slow', ms: between(random, 200, 6_000) },
        between(random, 1_000, 8_000),
      ),
  },
  {
    name: 'stores that never answer',
    weight: 1,
    begin: (world, random) =>
      passing(world, { ...some(world, random), kind: 'slow', ms: neverMs, count: 3 }, between(random, 1_000, 4_000)),
  },
  {
    name: 'messages twice in a queue',
    weight: 4,
    begin: (world, random) =>
      passing(
        world,
        { action: 'sqs:SendMessage', kind: 'repeat', probability: 0.5, random },
        between(random, 2_000, 10_000),
      ),
  },
  /** Those that are sent later come first. */
  {
    name: 'messages out of order',
    weight: 3,
    begin: (world, random) =>
      passing(
        world,
        { action: 'sqs:SendMessage', kind: 'slow', ms: between(random, 1_000, 4_000), probability: 0.5, random },
        between(random, 2_000, 10_000),
      ),
  },
  {
    name: 'bucket notifications lost, twice or late',
    weight: 3,
    begin({ run: { notifications } }, random) {
      const count = between(random, 1, 3)
      if (random() < 0.4) notifications.loseNext(count)
      else if (random() < 0.6) notifications.repeatNext(count)
      else {
        notifications.hold()
        return { afterMs: between(random, 3_000, 15_000), end: () => notifications.release() }
      }
      return undefined
    },
  },
  {
    name: 'providers failing',
    weight: 8,
    async begin({ polled }, random) {
      const fault = { ...pick(faultsOfProviders, random), skip: between(random, 0, 2), times: between(random, 1, 4) }
      await control(pick(polled, random).server, { faults: [fault] })
      return undefined
    },
  },
  {
    name: 'cursors expired',
    weight: 2,
    async begin({ polled }, random) {
      await control(pick(polled, random).server, { expireCursors: true })
      return undefined
    },
  },
  {
    name: 'events shown late, or many at once',
    weight: 5,
    async begin({ polled }, random) {
      const feeds = polled.filter(({ hasFeed }) => hasFeed)
      const late = { count: between(random, 1, 20), agoMs: between(random, 0, 100 * 60_000), spreadMs: 60_000 }
      const burst = { count: between(random, 100, 600), agoMs: 60_000, spreadMs: between(random, 0, 50_000) }
      await control(pick(feeds, random).server, { insert: [random() < 0.7 ? late : burst] })
      return undefined
    },
  },
  /** The operator puts in another secret first; the provider sends it some time later. */
  {
    name: 'webhook secrets rotated',
    weight: 1,
    async begin(world, random) {
      const webhook = pick(world.webhooks, random)
      const secret = randomText(40, 'abcdefghijklmnopqrstuvwxyz0123456789', random)
      await world.putSecret(webhook.id, secret)
      return {
        afterMs: between(random, 2_000, 8_000),
        end: () => {
          webhook.sent = secret
        },
      }
    },
  },
  /** The operator puts in a wrong credential and mends it. */
  {
    name: 'wrong credentials for a while',
    weight: 2,
    async begin(world, random) {
      const { id, credential } = pick(world.polled, random)
      await world.putSecret(id, `wrong-${randomText(20, 'abcdef0123456789', random)}`)
      return { afterMs: between(random, 2_000, 10_000), end: () => world.putSecret(id, credential) }
    },
  },
  {
    name: "functions' clock wrong",
    weight: 2,
    begin({ clock }, random) {
      clock.skew(between(random, -120_000, 120_000))
      return { afterMs: between(random, 2_000, 15_000), end: () => clock.skew(0) }
    },
  },
  {
    name: 'whole runs ended and started again',
    // What is to end others needs the run.
    isAlone: true,
    weight: 0.5,
    async begin(world) {
      await world.restart()
      return undefined
    },
  },
]

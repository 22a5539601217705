/**
 * The rooms of the project and who may import whom. Imports point one way, so that a function never carries code for
 * the infrastructure or for local runs, and a provider can be added or taken away without touching the others.
 */

export type Room =
  | 'bin'
  | 'lib'
  | 'handlers'
  | 'handler-env'
  | 'connectors'
  | 'manifests'
  | 'core'
  | 'schema-types'
  | 'schemas-generated'
  | 'local'
  | 'cli'
  | 'bench'
  | 'test'
  | 'ci'
  | 'configuration'

export interface Place {
  readonly room: Room
  /** The handler or provider whose folder this is; handlers do not import one another, nor do providers. */
  readonly owner?: string
}

interface RoomRule {
  /** What it is called in a message. */
  readonly title: string
  readonly mayImport: readonly Room[]
  readonly why: string
  readonly instead: string
}

/** First match wins; the group is the owner. */
const layout: readonly (readonly [RegExp, Room])[] = [
  [/^bin\//, 'bin'],
  [/^lib\//, 'lib'],
  [/^lambdas\/handlers\/([^/]+)\/env\.ts$/, 'handler-env'],
  [/^lambdas\/handlers\/(?:([^/]+)\/)?/, 'handlers'],
  [/^lambdas\/connectors\/(?:([^/]+)\/(?:.*\/)?)?manifest[^/]*\.ts$/, 'manifests'],
  [/^lambdas\/connectors\/(?:([^/]+)\/)?/, 'connectors'],
  [/^lambdas\/core\//, 'core'],
  [/^schemas\/generated\//, 'schemas-generated'],
  [/^schemas\/[^/]+\.ts$/, 'schema-types'],
  [/^local\//, 'local'],
  [/^cli\//, 'cli'],
  [/^bench\//, 'bench'],
  [/^test\//, 'test'],
  [/^\.ci\//, 'ci'],
  [/^[^/]+\.config\.ts$/, 'configuration'],
]

/** Everything that runs or describes the pipeline, as opposed to what tries it out. */
const product = [
  'bin',
  'lib',
  'handlers',
  'handler-env',
  'connectors',
  'manifests',
  'core',
  'schema-types',
  'schemas-generated',
] as const satisfies readonly Room[]

export const rooms: Readonly<Record<Room, RoomRule>> = {
  bin: {
    title: 'bin',
    mayImport: ['bin', 'lib'],
    why: 'the entry only reads the settings and makes the stack',
    instead: 'put it into lib and call it from there',
  },
  lib: {
    title: 'lib',
    mayImport: ['lib', 'manifests', 'handler-env', 'schema-types', 'schemas-generated'],
    why: 'infrastructure must not load code that runs in a function',
    instead: 'name a function by the path of its entry; put facts it needs into a manifest or an env.ts',
  },
  'handler-env': {
    title: 'env.ts of a handler',
    mayImport: [],
    why: 'the infrastructure reads it, so it must bring nothing along',
    instead: 'keep it to constants',
  },
  handlers: {
    title: 'handlers',
    mayImport: ['handlers', 'handler-env', 'connectors', 'manifests', 'core', 'schema-types', 'schemas-generated'],
    why: 'a handler is one function of its own: it knows core and connectors, never another handler or the infrastructure',
    instead: 'move what two of them share into lambdas/core',
  },
  manifests: {
    title: 'manifests',
    mayImport: ['manifests', 'schema-types'],
    why: 'the infrastructure reads manifests, so they must bring no running code along, nor another provider',
    instead: 'keep a manifest to data',
  },
  connectors: {
    title: 'connectors',
    mayImport: ['connectors', 'manifests', 'core', 'schema-types', 'schemas-generated'],
    why: 'a connector knows its provider and core, never another provider or what calls it',
    instead: 'move what two providers share into lambdas/core; let the handler pass in the rest',
  },
  core: {
    title: 'core',
    mayImport: ['core', 'schema-types'],
    why: 'core serves every provider and is called by the others, never the other way round',
    instead: 'take it as an argument, and let the handler or connector pass it in',
  },
  'schema-types': {
    title: 'schemas',
    mayImport: ['schema-types'],
    why: 'everything else is built on the types of the schemas',
    instead: 'move it to the room that needs it',
  },
  'schemas-generated': {
    title: 'schemas/generated',
    mayImport: ['schema-types', 'schemas-generated'],
    why: 'these files are bundled into functions and hold data only',
    instead: 'change what generates them',
  },
  local: {
    title: 'local',
    mayImport: [...product, 'local'],
    why: 'the local run must work without the commands, the benchmarks and the tests',
    instead: 'move what is shared into local',
  },
  cli: {
    title: 'cli',
    mayImport: [...product, 'local', 'cli'],
    why: 'commands must work without benchmarks and tests',
    instead: 'move what is shared into cli or local',
  },
  bench: {
    title: 'bench',
    mayImport: [...product, 'local', 'cli', 'bench'],
    why: 'nothing imports tests: they may change at will',
    instead: 'move what is shared into local',
  },
  ci: {
    title: '.ci',
    mayImport: ['cli', 'ci'],
    why: 'what runs in continuous integration is what a person runs',
    instead: 'make it a command in cli',
  },
  test: { title: 'test', mayImport: [...product, 'local', 'cli', 'bench', 'ci', 'test'], why: '', instead: '' },
  configuration: {
    title: 'configuration files',
    mayImport: [],
    why: 'tools load them on their own',
    instead: 'write it out in the file',
  },
}

/** Packages that a room may not use, by exact name or by scope. */
export const packageRules: readonly {
  readonly rooms: readonly Room[]
  readonly packages: RegExp
  readonly why: string
  readonly instead: string
}[] = [
  {
    rooms: ['handlers', 'connectors', 'core'],
    packages: /^(aws-cdk-lib|constructs|cdk-nag|zod|yaml)$/,
    why: 'it serves the infrastructure and would be bundled into a function',
    instead: 'work it out when the stack is synthesized, and hand the result over in the environment',
  },
  {
    rooms: ['connectors'],
    packages: /^@aws-sdk\//,
    why: 'a connector knows its provider; reaching AWS is the work of core and handlers',
    instead: 'take what it needs as an argument',
  },
  {
    rooms: ['handler-env', 'manifests', 'schema-types', 'schemas-generated'],
    packages: /./,
    why: 'it holds data that infrastructure and functions share, so it must bring nothing along',
    instead: 'keep it to constants and types',
  },
]

/** Where a file lives; undefined for a file outside every room. */
export function placeOf(path: string): Place | undefined {
  for (const [pattern, room] of layout) {
    const match = pattern.exec(path)
    if (match !== null) return match[1] === undefined ? { room } : { room, owner: match[1] }
  }
  return undefined
}

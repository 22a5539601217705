import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceType } from '../lambdas/connectors/manifest.ts'
import type { Feed } from '../lambdas/core/standing/feeds.ts'
import { exportName } from '../schemas/compiler/generated-modules.ts'
import type { LogSchema } from '../schemas/definition.ts'
import { tableName } from '../schemas/table-name.ts'
import { manifests } from '../settings/manifests.ts'
import { streamsOf } from '../settings/source-types.ts'

/** Folder of the connectors' registry, from the project's root. */
export const registryFolder = 'lambdas/connectors/generated'

/** The registries, by the names of their files. */
export type Registry = (typeof registries)[number]

export const registries = ['webhooks', 'polled', 'objects', 'recoveries', 'oauth', 'feeds'] as const

/**
 * The registries by which functions find what runs a source type, one for each bundle, and what its feeds are: `<provider>-<stream>` of a webhook
 * and the stream `<provider>.<stream>` of another source are in `<provider>/<stream>.ts`, the deliveries of webhooks in
 * `<provider>/deliveries.ts`, and what asks people for credentials in `<provider>/oauth.ts`.
 *
 * @param root The project's root.
 * @throws {Error} naming the manifest when a stream has no file or its log type no schema
 */
export function renderRegistries(root: string, schemas: readonly LogSchema[]): Record<Registry, string> {
  const lines: Record<Registry, string[]> = {
    webhooks: [],
    polled: [],
    objects: [],
    recoveries: [],
    oauth: [],
    feeds: [],
  }
  /** @param members the expressions by the names of the members that get their values */
  const add = (registry: Registry, name: string, members: Readonly<Record<string, string>>): void => {
    const assigned = Object.entries(members).map(([member, value]) => `    ${member}: ${value},`)
    lines[registry].push(`  '${name}': async () => ({`, ...assigned, '  }),')
  }
  for (const [provider, { sourceTypes }] of manifests) {
    const manifest = `lambdas/connectors/${provider}/manifest.ts`
    const module = (stream: string, id: string): string => {
      const file = `${provider}/${stream}.ts`
      if (!id.startsWith(provider)) throw new Error(`${manifest}: ${id} must begin with "${provider}"`)
      if (!existsSync(join(root, 'lambdas/connectors', file))) {
        throw new Error(`${manifest}: ${id} has no file; write lambdas/connectors/${file}`)
      }
      return `await import('../${file}')`
    }
    const schemaOf = (logType: string, id: string): string => {
      const schema = schemas.find((one) => one.logType === logType)
      if (!schema) throw new Error(`${manifest}: ${id}: no file under schemas/ has the log type ${logType}`)
      return `(await import('../../../schemas/generated/${schema.table}.ts')).${exportName(schema.table)}`
    }
    for (const [name, type] of Object.entries(sourceTypes)) {
      lines.feeds.push(`  '${name}': ${JSON.stringify(feedsOf(type))},`)
      if (type.mode === 'webhook') {
        const stream = module(name.slice(provider.length + 1), name)
        const schema = schemaOf(type.logType, name)
        add('webhooks', name, { stream: `(${stream}).webhook`, schema })
        if (type.recovery) {
          add('recoveries', name, {
            facts: `${provider}.sourceTypes['${name}'].recovery`,
            connect: `(${module('deliveries', name)}).connect`,
            schema,
          })
        }
        continue
      }
      if (type.mode === 'stream') {
        const { id, logType } = type.stream
        add('objects', name, {
          id: `'${id}'`,
          stream: `(${module(id.slice(provider.length + 1), id)}).stream`,
          schema: schemaOf(logType, id),
        })
        continue
      }
      const streams = type.streams.flatMap(({ id, logType }, index) => [
        '    {',
        `      facts: ${provider}.sourceTypes['${name}'].streams[${index}],`,
        `      connect: (${module(id.slice(provider.length + 1), id)}).connect,`,
        `      schema: ${schemaOf(logType, id)},`,
        '    },',
      ])
      lines.polled.push(`  '${name}': async () => [`, ...streams, '  ],')
      if (type.oauth) {
        add('oauth', name, {
          facts: `${provider}.sourceTypes['${name}'].oauth`,
          connect: `(${module('oauth', name)}).connect`,
        })
      }
    }
  }
  const header = '// Generated from lambdas/connectors/*/manifest.ts by npm run generate; do not edit.'
  /** @param entry the type of an entry, unless it is the imported one */
  const rendered = (registry: Registry, type: string, name: string, entry = type): string => {
    const used = [...manifests.keys()].filter((provider) =>
      lines[registry].some((line) => line.includes(`facts: ${provider}.`)),
    )
    return [
      header,
      ...used.map((provider) => `import { manifest as ${provider} } from '../${provider}/manifest.ts'`),
      `import type { ${type}, Registry } from '../registry.ts'`,
      '',
      `export const ${name}: Registry<${entry}> = {`,
      ...lines[registry],
      '}',
      '',
    ].join('\n')
  }
  return {
    feeds: [
      header,
      "import type { Feed } from '../../core/standing/feeds.ts'",
      '',
      'export const feeds: Readonly<Record<string, readonly Feed[]>> = {',
      ...lines.feeds,
      '}',
      '',
    ].join('\n'),
    webhooks: rendered('webhooks', 'RegisteredWebhook', 'webhookStreams'),
    objects: rendered('objects', 'RegisteredObjects', 'objectStreams'),
    polled: rendered('polled', 'RegisteredStream', 'polledStreams', 'readonly RegisteredStream[]'),
    recoveries: rendered('recoveries', 'RegisteredRecovery', 'recoveries'),
    oauth: rendered('oauth', 'RegisteredOAuth', 'oauthApps'),
  }
}

const feedsOf = (type: SourceType): readonly Feed[] =>
  streamsOf(type).map(({ id, logType }) => ({
    table: tableName(logType),
    ...(id !== undefined && { stream: id }),
    ...(type.mode === 'stream' && { inBucket: true as const }),
  }))

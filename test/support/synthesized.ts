import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll } from 'vitest'
import { z } from 'zod'
import { addAuditLake } from '../../lib/app.ts'
import type { Config } from '../../settings/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'synthesized-'))
afterAll(() => rmSync(folder, { recursive: true }))

const resourceForm = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.string().array().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
})

type Resource = z.infer<typeof resourceForm>

/** Resources by their logical id. */
export type Resources = ReadonlyMap<string, Resource>

export const twoSources: Config = {
  retentionDays: 90,
  queryLimitGB: 100,
  delivery: { windowSeconds: 20 },
  mergeEverySeconds: 600,
  previousSecretHours: 24,
  throttle: { requestsPerSecond: 100, burst: 1_000 },
  alarms: { emails: [], noEventsHours: 24, setUpGraceHours: 72, dashboard: false },
  sources: [
    { id: 'github-one', type: 'github-webhook', label: 'One "quoted"', options: {} },
    { id: 'github-two', type: 'github-webhook', label: 'Two', options: {} },
  ],
}

/** A polled source with the options that the settings fill in. */
export const polledSource: Config['sources'][number] = {
  id: 'github-log',
  type: 'github-audit',
  label: 'Log',
  options: { scope: 'organization', name: 'octo', ratePercent: 100 },
}

/** A polled source whose credential is given by consent. */
export const consentedSource: Config['sources'][number] = {
  id: 'github-consent',
  type: 'github-audit',
  label: 'Consent',
  options: { ...polledSource.options, oauth: { clientId: 'Ov23example' }, apiUrl: undefined, webUrl: undefined },
}

/** A webhook source whose failed deliveries are recovered. */
export const healingSource: Config['sources'][number] = {
  id: 'healing',
  type: 'github-webhook',
  label: 'Healing',
  options: { recovery: { owner: 'octo', repository: undefined, hookId: '109948940', apiUrl: undefined } },
}

/** The flags of cdk.json. */
function cdkContext(): Record<string, unknown> {
  const form = z.object({ context: z.record(z.string(), z.unknown()) })
  return form.parse(JSON.parse(readFileSync('cdk.json', 'utf8'))).context
}

/** An app with the flags of cdk.json and without bundling. */
export function appWithoutBundles(): App {
  return new App({
    context: { ...cdkContext(), 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
    outdir: mkdtempSync(join(folder, 'cdk.out-')),
  })
}

export interface Synthesized {
  readonly resources: Resources
  /** Values by logical id. */
  readonly outputs: ReadonlyMap<string, unknown>
  readonly parameters: readonly string[]
}

/** The stack's template for these settings. */
export function synthesize(config: Config = twoSources): Synthesized {
  const template = Template.fromStack(addAuditLake(appWithoutBundles(), config)).toJSON()
  const outputs = z.record(z.string(), z.object({ Value: z.unknown() })).parse(template.Outputs)
  return {
    resources: new Map(Object.entries(z.record(z.string(), resourceForm).parse(template.Resources))),
    outputs: new Map(Object.entries(outputs).map(([id, { Value }]) => [id, Value])),
    parameters: Object.keys(template.Parameters),
  }
}

/** The resources of one type, for example `AWS::SQS::Queue`. */
export function ofType(resources: Resources, type: string): [string, Resource][] {
  return [...resources].filter(([, resource]) => resource.Type === type)
}

/** The logical id of the only resource of its type with this prefix. */
export function idOf(resources: Resources, type: string, beginning: string): string {
  const ids = ofType(resources, type).map(([id]) => id)
  const [id, ...others] = ids.filter((candidate) => candidate.startsWith(beginning))
  if (id === undefined || others.length > 0) throw new Error(`${type} ${beginning}*: not one among ${ids.join(', ')}`)
  return id
}

/** Logical ids of the queues. */
export function queueIds(resources: Resources) {
  return {
    // CDK ends a logical id in eight hexadecimal digits.
    records: z.string().parse(
      ofType(resources, 'AWS::SQS::Queue')
        .map(([id]) => id)
        .find((id) => /^DeliveryRecords[0-9A-F]{8}$/.test(id)),
    ),
    recordsBulk: idOf(resources, 'AWS::SQS::Queue', 'DeliveryRecordsBulk'),
    deadLetters: idOf(resources, 'AWS::SQS::Queue', 'DeliveryRecordsDlq'),
    merges: idOf(resources, 'AWS::SQS::Queue', 'DeliveryMerges'),
  }
}

const oneOrMany = z.union([z.unknown().array(), z.unknown().transform((one) => [one])])

const statementForm = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany.pipe(z.string().array()),
  Resource: oneOrMany.optional(),
  Condition: z.unknown().optional(),
})

const policyForm = z.object({
  PolicyDocument: z.object({ Statement: statementForm.array() }),
  Roles: z.object({ Ref: z.string() }).array().default([]),
})

export type Statement = z.infer<typeof statementForm>

/** Every statement of every policy in the template, those of buckets and queues included. */
export function statements(resources: Resources): Statement[] {
  return [...resources.values()]
    .filter(({ Properties }) => 'PolicyDocument' in Properties)
    .flatMap(({ Properties }) => policyForm.parse(Properties).PolicyDocument.Statement)
}

/** A role's permissions: one `action on resource` per pair, with `if` and the condition where there is one. */
export function allowedTo(resources: Resources, role: string): string[] {
  return ofType(resources, 'AWS::IAM::Policy')
    .map(([, { Properties }]) => policyForm.parse(Properties))
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource = [], Condition }) => {
      const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`
      return Resource.flatMap((on) => Action.map((action) => `${action} on ${text(on)}${condition}`))
    })
    .sort()
}

/** Logical id of a function's role. */
export function roleOf(resources: Resources, functionName: string): string {
  return z
    .object({ Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) })
    .parse(functionNamed(resources, functionName)).Role['Fn::GetAtt'][0]
}

/** The properties of the function with this service name. */
export function functionNamed(resources: Resources, name: string): Record<string, unknown> {
  const found = ofType(resources, 'AWS::Lambda::Function').find(([, { Properties }]) => {
    return environmentOf(Properties).POWERTOOLS_SERVICE_NAME === name
  })
  if (found === undefined) throw new Error(`the template has no function ${name}`)
  return found[1].Properties
}

export function environmentOf(properties: Record<string, unknown>): Record<string, unknown> {
  return z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) }).parse(properties)
    .Environment.Variables
}

/**
 * A value as one text: `Ref` and `Fn::GetAtt` in angle brackets, `Fn::Join` joined, a part of a split text as its parts
 * in brackets.
 */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  const { data } = z
    .union([
      z.object({ Ref: z.string() }).transform(({ Ref }) => `<${Ref}>`),
      z.object({ 'Fn::GetAtt': z.string().array() }).transform((get) => `<${get['Fn::GetAtt'].join('.')}>`),
      z
        .object({ 'Fn::Join': z.tuple([z.string(), z.unknown().array()]) })
        .transform(({ 'Fn::Join': [separator, parts] }) => parts.map(text).join(separator)),
      z
        .object({ 'Fn::Select': z.tuple([z.number(), z.object({ 'Fn::Split': z.tuple([z.string(), z.unknown()]) })]) })
        .transform(({ 'Fn::Select': [index, { 'Fn::Split': split }] }) => `<${index}|${split[0]}|${text(split[1])}>`),
    ])
    .safeParse(value)
  return data ?? JSON.stringify(value)
}

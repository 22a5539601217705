import { parsePolicy } from '../../aws/iam/policy.ts'
import type { FunctionPool } from '../../aws/lambda/pool.ts'
import type { ResourceValues } from '../intrinsics.ts'
import { TemplateError } from '../template.ts'
import type { Declared } from './declared.ts'
import { arn, nameInArn, type Site } from './site.ts'

export function lambdaFunction(declared: Declared, site: Site): ResourceValues {
  declared.refuse('Layers', 'bundle what the function needs instead')
  if (!declared.text('Runtime').startsWith('nodejs')) declared.invalid('Runtime', 'a Node.js runtime')
  const assetKey = declared.object('Code').text('S3Key')
  const taskRoot = site.assetFolders.get(assetKey)
  if (taskRoot === undefined)
    throw new TemplateError(`${declared.id}: the assembly holds no folder for asset ${assetKey}`)
  const variables = declared.object('Environment').object('Variables').texts()
  const name = nameOf(declared, variables.POWERTOOLS_SERVICE_NAME, site)
  const functionArn = arn(site, 'lambda', `function:${name}`)
  const role = declared.text('Role')
  if (!site.permissions.assume(name, role)) declared.invalid('Role', 'a role of the template that functions may assume')
  const pool = site.launch({
    name,
    arn: functionArn,
    taskRoot,
    handler: declared.text('Handler'),
    timeoutSeconds: declared.number('Timeout', 3),
    memoryMegabytes: declared.number('MemorySize', 128),
    logGroup: declared.object('LoggingConfig').optionalText('LogGroup') ?? `/aws/lambda/${name}`,
    variables,
    maxInstances: declared.number('ReservedConcurrentExecutions', Number.POSITIVE_INFINITY),
  })
  site.functions.set(name, pool)
  return { ref: name, attributes: { Arn: functionArn } }
}

/** Without a name in the template, uses the function's own service name, the easiest to read. */
function nameOf(declared: Declared, service: string | undefined, { functions }: Site): string {
  const own = service !== undefined && !functions.has(service) ? service : undefined
  return declared.optionalText('FunctionName') ?? own ?? declared.physicalName('FunctionName')
}

/** The template's settings for asynchronous events. */
export function eventInvokeConfig(declared: Declared, site: Site): ResourceValues {
  declared.refuse('DestinationConfig', 'it does not send on what becomes of events')
  if (declared.number('MaximumRetryAttempts', Number.NaN) !== 0) declared.invalid('MaximumRetryAttempts', '0')
  const target = functionNamed(declared, 'FunctionName', site)
  target.maxAgeSeconds = declared.number('MaximumEventAgeInSeconds', target.maxAgeSeconds)
  return { ref: declared.id, attributes: {} }
}

/** Permits invocations of a function. */
export function permission(declared: Declared, site: Site): ResourceValues {
  for (const property of ['EventSourceToken', 'PrincipalOrgID', 'SourceAccount']) {
    declared.refuse(property, 'it would allow more than it says')
  }
  const sourceArn = declared.optionalText('SourceArn')
  const statement = {
    Effect: 'Allow',
    Principal: { Service: declared.text('Principal') },
    Action: declared.text('Action'),
    Resource: functionNamed(declared, 'FunctionName', site).spec.arn,
    ...(sourceArn === undefined ? {} : { Condition: { ArnLike: { 'aws:SourceArn': sourceArn } } }),
  }
  site.permissions.guard(parsePolicy(declared.id, { Statement: statement }))
  return { ref: declared.id, attributes: {} }
}

/** @throws {TemplateError} when the property names no function of the template, by name or by ARN. */
export function functionNamed(declared: Declared, property: string, site: Site): FunctionPool {
  return (
    site.functions.get(nameInArn(declared.text(property))) ?? declared.invalid(property, 'a function of the template')
  )
}

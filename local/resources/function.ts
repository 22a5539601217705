import type { ResourceValues } from '../intrinsics.ts'
import { TemplateError } from '../template.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

export function lambdaFunction(declared: Declared, site: Site): ResourceValues {
  declared.refuse('Layers', 'bundle what the function needs instead')
  if (!declared.text('Runtime').startsWith('nodejs')) declared.invalid('Runtime', 'a Node.js runtime')
  const assetKey = declared.object('Code').text('S3Key')
  const taskRoot = site.assetFolders.get(assetKey)
  if (taskRoot === undefined)
    throw new TemplateError(`${declared.id}: the assembly holds no folder for asset ${assetKey}`)
  const name = declared.physicalName('FunctionName')
  const functionArn = arn(site, 'lambda', `function:${name}`)
  const role = site.roles.get(declared.text('Role').split('/').at(-1) ?? '')
  if (role === undefined) declared.invalid('Role', 'a role of the template')
  const pool = site.launch({
    name,
    arn: functionArn,
    role: role.name,
    taskRoot,
    handler: declared.text('Handler'),
    timeoutSeconds: declared.number('Timeout', 3),
    memoryMegabytes: declared.number('MemorySize', 128),
    logGroup: declared.object('LoggingConfig').optionalText('LogGroup') ?? `/aws/lambda/${name}`,
    variables: declared.object('Environment').object('Variables').texts(),
    maxInstances: declared.number('ReservedConcurrentExecutions', Number.POSITIVE_INFINITY),
  })
  site.functions.set(name, pool)
  return { ref: name, attributes: { Arn: functionArn } }
}

import { join } from 'node:path'
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib'
import { type IGrantable, type IPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface NodeFunctionProps {
  /** Folder under `lambdas/functions`. */
  readonly handler: string
  /**
   * What the function calls itself in logs and metrics.
   * @default the handler's name
   */
  readonly serviceName?: string
  /** What the function is for, shown in the console. */
  readonly description: string
  readonly timeout: Duration
  /** Decides on the share of a processor as well: 1,769 MB are one core. */
  readonly memory: Size
  readonly environment: Readonly<Record<string, string>>
}

const projectRoot = join(import.meta.dirname, '..')

/** Lets CommonJS packages inside an ES module bundle load what Node brings. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/**
 * A function of this project: its handler bundled into one ES module, SDK included so that what was tested is what
 * runs; a log group of its own; and a role that may write to that log group and nothing else until somebody grants it.
 */
export class NodeFunction extends Construct implements IGrantable {
  readonly function: NodejsFunction
  readonly grantPrincipal: IPrincipal

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // Not the managed policy for functions: it would allow writing to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: join(projectRoot, 'lambdas', 'functions', props.handler, 'index.ts'),
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memory.toMebibytes(),
      role,
      logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.serviceName ?? props.handler,
        POWERTOOLS_METRICS_NAMESPACE: 'AuditLake',
        ...props.environment,
      },
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        banner: REQUIRE_BANNER,
        bundleAwsSDK: true,
        minify: true,
        logLevel: LogLevel.WARNING,
      },
    })
    this.grantPrincipal = role
  }
}

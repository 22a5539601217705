import { join } from 'node:path'
import { AssetHashType, DockerImage, type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib'
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { buildSync } from 'esbuild'
import { asciiText } from '../settings/ascii.ts'
import { type NativePackage, withoutNativePackages } from './native-package.ts'

export interface NodeFunctionProps {
  /** Folder under `lambdas/functions`. */
  readonly handler: string
  /**
   * The function's name in logs and metrics.
   * @default the handler's name
   */
  readonly serviceName?: string
  /** Purpose of the function, shown in the console. */
  readonly description: string
  readonly timeout: Duration
  /** Also sets the CPU share: 1,769 MB give one core. */
  readonly memory: Size
  /** Room below `/tmp`. @default 512 MB */
  readonly disk?: Size
  /** A package of code for Lambda's processors, which is put beside the bundle. @default none */
  readonly nativePackage?: NativePackage
  readonly environment: Readonly<Record<string, string>>
}

const functions = join(import.meta.dirname, '..', 'lambdas', 'functions')

/** Lets CommonJS packages inside an ES module bundle load Node's built-in modules. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/**
 * Writes a handler as ES modules, SDK included so that what was tested is what runs. Modules that are imported when
 * first used are files of their own: a cold start neither reads them nor loads the parts of Node that they need.
 *
 * @param handler folder under `lambdas/functions`
 * @param external packages that are put beside the bundle
 */
export function bundleInto(handler: string, outdir: string, external: readonly string[] = []): void {
  buildSync({
    external: [...external],
    entryPoints: [join(functions, handler, 'index.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    minify: true,
    logLevel: 'warning',
  })
}

function bundled(scope: Construct, { handler, nativePackage }: NodeFunctionProps): Code {
  return Code.fromAsset(join(functions, handler), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outdir) {
          bundleInto(handler, outdir, nativePackage?.packages)
          nativePackage?.copyInto(outdir, { complete: scope.node.tryGetContext(withoutNativePackages) !== true })
          return true
        },
      },
    },
  })
}

/**
 * A function of this project: its bundled handler, a log group of its own, and a role that may write to that log group
 * and nothing else until it is granted more.
 */
export class NodeFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction
  readonly grantPrincipal: Role

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // Without the managed policy for functions, which allows writing to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    this.function = new LambdaFunction(this, 'Function', {
      description: asciiText(props.description),
      code: bundled(this, props),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memory.toMebibytes(),
      ...(props.disk && { ephemeralStorageSize: props.disk }),
      role,
      logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.serviceName ?? props.handler,
        POWERTOOLS_METRICS_NAMESPACE: 'AuditLake',
        ...props.environment,
      },
    })
    this.grantPrincipal = role
  }
}

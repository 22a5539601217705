import type { FunctionSpec, FunctionSurroundings } from './function.ts'

/** The functions' session token; the gateway knows them by their keys alone. */
export const localSessionToken = 'local'

/**
 * The whole environment of a function's process: the variables of the template and of Lambda, and the address of the
 * local stores. It inherits nothing from the runner.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function functionEnvironment(
  spec: FunctionSpec,
  { region, endpoint, principal, variables }: FunctionSurroundings,
): Record<string, string> {
  return {
    ...spec.variables,
    ...variables,
    _HANDLER: spec.handler,
    AWS_ACCESS_KEY_ID: principal.accessKeyId,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: spec.name,
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
    AWS_SESSION_TOKEN: localSessionToken,
    LAMBDA_TASK_ROOT: spec.taskRoot,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
  }
}

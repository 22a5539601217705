import type { Principal, Principals } from '../iam/principals.ts'
import { isLambdaPath } from '../lambda/invoke.ts'
import { notImplemented, type Service, ServiceError, type StoreRequest } from '../store.ts'

/** The caller and the service, both of which stand in the credential of a version 4 signature. */
export interface Caller {
  readonly principal: Principal
  readonly service: Service
}

/**
 * Reads the caller from the `Authorization` header.
 *
 * The signature itself is not verified: every caller is a process on this machine to which the runner gave a key, and
 * the key alone names the function whose permissions apply. Verifying would mean a second SigV4 that finds only bugs of
 * the SDK.
 *
 * @throws {ServiceError} 403 for an unknown or missing key, another region or another service
 */
export function identifyCaller(request: StoreRequest, principals: Principals, region: string): Caller {
  if (request.query.has('X-Amz-Signature') || request.query.has('AWSAccessKeyId')) {
    throw notImplemented('presigned URLs: send the credentials in the Authorization header')
  }
  const scope = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(
    request.headers.authorization ?? '',
  )
  const [, accessKeyId = '', scopeRegion = '', service = ''] = scope ?? []
  const principal = principals.find(accessKeyId)
  if (!principal) throw unknownKey(request)
  if (principal.sessionToken !== undefined && request.headers['x-amz-security-token'] !== principal.sessionToken) {
    throw unknownKey(request)
  }
  if (scopeRegion !== region) {
    throw new ServiceError(
      403,
      'SignatureDoesNotMatch',
      `Credential should be scoped to ${region}, not to ${scopeRegion}.`,
    )
  }
  const known = services.find((one) => one === service)
  if (known) return { principal, service: known }
  throw notImplemented(`the service ${service}: only S3, SQS, Secrets Manager and Lambda run here`)
}

const services = ['s3', 'sqs', 'secretsmanager', 'lambda'] as const satisfies readonly Service[]

/**
 * A service that speaks the protocol of the request. SQS and Secrets Manager name the operation in a header, Lambda in
 * the path.
 */
export function speaks(request: StoreRequest): Service {
  if (request.headers['x-amz-target'] !== undefined) return 'secretsmanager'
  return isLambdaPath(request.path) ? 'lambda' : 's3'
}

function unknownKey(request: StoreRequest): ServiceError {
  return speaks(request) === 's3'
    ? new ServiceError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
    : new ServiceError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
}

import type { Principal, Principals } from '../iam/principals.ts'
import { notImplemented, type Service, ServiceError, type StoreRequest } from '../store.ts'

/** Who calls, and which service: both stand in the credential of a signature of version 4. */
export interface Caller {
  readonly principal: Principal
  readonly service: Service
}

/**
 * Reads the caller from the `Authorization` header.
 *
 * The signature itself is not verified. Every caller is a process of ours on this machine that was given its key by the
 * runner; the key says which function it is, so that its permissions can be looked up. To check the signature would be
 * to build SigV4 a second time, and would find errors of the SDK only.
 *
 * @throws {ServiceError} 403 for a key that nobody has, a missing key, another region, another service
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
  if (scopeRegion !== region) {
    throw new ServiceError(
      403,
      'SignatureDoesNotMatch',
      `Credential should be scoped to ${region}, not to ${scopeRegion}.`,
    )
  }
  if (service === 's3' || service === 'sqs' || service === 'secretsmanager') return { principal, service }
  throw notImplemented(`the service ${service}: only S3, SQS and Secrets Manager run here`)
}

/** SQS and Secrets Manager name the operation in a header; S3 never does. */
export function speaksJson(request: StoreRequest): boolean {
  return request.headers['x-amz-target'] !== undefined
}

function unknownKey(request: StoreRequest): ServiceError {
  return speaksJson(request)
    ? new ServiceError(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
    : new ServiceError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
}

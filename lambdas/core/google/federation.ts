import { TransientError } from '../errors.ts'
import { isText, plainObjectIn } from '../json/forms.ts'
import type { HttpAnswer, HttpClient } from '../poll/provider/http.ts'
import { onOurClock } from '../poll/provider/retry-time.ts'
import type { GoogleAddresses } from './addresses.ts'
import { type AwsCredentials, signedHeaders } from './aws-signature.ts'
import {
  type AccessToken,
  formHeaders,
  readAccessToken,
  storageScope,
  tokenRefusal,
  tokenText,
} from './token-answer.ts'

/** Who a function is in AWS. */
export interface AwsIdentity extends AwsCredentials {
  readonly region: string
}

/** Access to Google without a key, by a pool of workload identities that trusts an AWS account. */
export interface Federation {
  /** `//iam.googleapis.com/projects/…/locations/global/workloadIdentityPools/…/providers/…` */
  readonly audience: string
  /** Address of the service account to act as; without one, the bucket itself trusts the pool. */
  readonly serviceAccount?: string | undefined
}

interface Exchange {
  readonly addresses: GoogleAddresses
  readonly http: HttpClient
  readonly now: () => number
}

/**
 * What Google sends to AWS to learn who asks: a signed request that this side never sends. The audience is signed
 * along, so that no other pool can use it.
 * https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
 * @param now milliseconds since 1970
 */
export function subjectToken({ region, ...credentials }: AwsIdentity, audience: string, now: number): string {
  const method = 'POST'
  const url = `https://sts.${region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15`
  const unsigned = { method, url, headers: { 'x-goog-cloud-target-resource': audience }, region, service: 'sts' }
  const headers = Object.entries(signedHeaders(unsigned, credentials, now)).map(([key, value]) => ({ key, value }))
  return encodeURIComponent(JSON.stringify({ url, method, headers }))
}

/**
 * Requests a token for reading the storage as a federated identity.
 * @throws {AuthError} when it is refused
 * @throws {TransientError} when there is no usable answer
 */
export async function federatedToken(
  federation: Federation,
  aws: AwsIdentity,
  exchange: Exchange,
): Promise<AccessToken> {
  const { audience, serviceAccount } = federation
  if (serviceAccount === undefined) return exchangedToken(audience, aws, storageScope, exchange)
  const scope = 'https://www.googleapis.com/auth/cloud-platform'
  const { token } = await exchangedToken(audience, aws, scope, exchange)
  return accountToken(serviceAccount, token, exchange)
}

const exchangeRemedy =
  'check that audience names the provider of the pool, that the provider trusts this AWS account and its condition ' +
  'this role, that google.subject of its attribute mapping stays within 127 characters (the ARN of a role with a ' +
  "long name does not: map assertion.arn.extract('assumed-role/{role}/')), and the clock of this machine"

/**
 * The exchange refuses an Authorization header.
 * https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
async function exchangedToken(
  audience: string,
  aws: AwsIdentity,
  scope: string,
  { addresses, http, now }: Exchange,
): Promise<AccessToken> {
  const what = "the exchange of this function's identity for a token"
  const subject = subjectToken(aws, audience, now())
  // The form encodes the subject token a second time, as Google expects.
  const body = new URLSearchParams({
    audience,
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope,
    subject_token: subject,
    subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
  }).toString()
  const answer = await http({ method: 'POST', url: `${addresses.sts}/v1/token`, headers: formHeaders, body })
  if (answer.status === 200) return readAccessToken(answer, what)
  throw tokenRefusal(answer, what, exchangeRemedy, secretsOf(aws, subject))
}

/**
 * The words of the request that no message may repeat. Google's explanations name the audience and the role, so those
 * are left in.
 */
const secretsOf = ({ accessKeyId, secretAccessKey, sessionToken = '' }: AwsIdentity, subject: string): string[] => [
  accessKeyId,
  secretAccessKey,
  sessionToken,
  /Signature%3D([0-9a-f]+)/.exec(subject)?.[1] ?? '',
]

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
async function accountToken(account: string, token: string, { addresses, http }: Exchange): Promise<AccessToken> {
  const what = `the token for the service account ${account}`
  const url = `${addresses.credentials}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ scope: [storageScope], lifetime: '3600s' })
  const answer = await http({ method: 'POST', url, headers, body })
  if (answer.status === 200) return readAccountToken(answer, what)
  const remedy =
    'check serviceAccount, and that it grants the role Workload Identity User (roles/iam.workloadIdentityUser) to the ' +
    'identity of this function'
  throw tokenRefusal(answer, what, remedy, [token])
}

function readAccountToken(answer: HttpAnswer, what: string): AccessToken {
  const { accessToken, expireTime } = plainObjectIn(answer.bytes) ?? {}
  const token = tokenText(accessToken, what)
  const expiry = isText(expireTime) ? Date.parse(expireTime) : Number.NaN
  if (Number.isNaN(expiry)) throw new TransientError(`${what}: the answer does not say when the token expires`)
  return { token, expiresAt: onOurClock(answer, expiry) }
}

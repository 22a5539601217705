import { createHash, createHmac } from 'node:crypto'
import { isObject } from './json.ts'

/** An identity of AWS with its credentials. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
  /** Of a function: `arn:aws:sts::<account>:assumed-role/<role>/<function>`. */
  readonly arn: string
}

/** The subject token is refused. */
export class BadSubject extends Error {}

/** How old a signed request may be: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const validMs = 15 * 60_000

/**
 * Reads a subject token and answers as AWS would: whose signature it is.
 * @param token as the form holds it, once decoded
 * @param audience that the signature must cover
 * @throws {BadSubject} saying what is wrong
 */
export function callerOf(
  token: string,
  audience: string,
  identities: readonly AwsIdentity[],
  now: number,
): AwsIdentity {
  const { url, headers } = parsed(token)
  if (url.protocol !== 'https:' || url.pathname !== '/' || !/^sts\.([a-z0-9-]+)\.amazonaws\.com$/.test(url.host)) {
    throw new BadSubject('the URL is not one of the Security Token Service')
  }
  if (url.search !== '?Action=GetCallerIdentity&Version=2011-06-15') throw new BadSubject('it asks for something else')
  if (headers.get('x-goog-cloud-target-resource') !== audience) {
    throw new BadSubject('the header x-goog-cloud-target-resource is not the audience')
  }
  const { accessKeyId, scope, names, signature } = authorizationIn(headers.get('authorization') ?? '')
  for (const name of ['host', 'x-amz-date', 'x-goog-cloud-target-resource']) {
    if (!names.includes(name)) throw new BadSubject(`the header ${name} is not signed`)
  }
  if (names.join() !== [...names].sort().join()) throw new BadSubject('the signed headers are out of order')
  if (headers.get('host') !== url.host) throw new BadSubject('the host is another one')
  const time = headers.get('x-amz-date') ?? ''
  if (!(Math.abs(timeOf(time) - now) <= validMs)) throw new BadSubject('the request has expired')
  const [day, region] = scope.split('/')
  if (
    !time.startsWith(`${day}T`) ||
    url.host !== `sts.${region}.amazonaws.com` ||
    !scope.endsWith('/sts/aws4_request')
  ) {
    throw new BadSubject('the scope of the signature does not belong to the request')
  }
  const identity = identities.find((one) => one.accessKeyId === accessKeyId)
  if (!identity || headers.get('x-amz-security-token') !== identity.sessionToken) {
    throw new BadSubject('the security token included in the request is invalid')
  }
  const canonical = [
    'POST',
    '/',
    'Action=GetCallerIdentity&Version=2011-06-15',
    ...names.map((name) => `${name}:${headers.get(name) ?? ''}`),
    '',
    names.join(';'),
    sha256(''),
  ].join('\n')
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  let key: Buffer = Buffer.from(`AWS4${identity.secretAccessKey}`)
  for (const part of scope.split('/')) key = hmac(key, part)
  if (hmac(key, text).toString('hex') !== signature) throw new BadSubject('the signature does not match')
  return identity
}

function parsed(token: string): { readonly url: URL; readonly headers: ReadonlyMap<string, string> } {
  if (token.includes('{')) throw new BadSubject('it is encoded once instead of twice')
  let value: unknown
  try {
    value = JSON.parse(decodeURIComponent(token))
  } catch {
    throw new BadSubject('it is not JSON')
  }
  if (!isObject(value) || !Array.isArray(value.headers)) throw new BadSubject('it has no headers')
  const url = typeof value.url === 'string' ? URL.parse(value.url) : null
  if (!url || value.method !== 'POST') throw new BadSubject('it has no URL, or another method than POST')
  const headers = value.headers.map((header): [string, string] => {
    if (!isObject(header) || typeof header.key !== 'string' || typeof header.value !== 'string') {
      throw new BadSubject('a header has another form than {key, value}')
    }
    return [header.key.toLowerCase(), header.value]
  })
  return { url, headers: new Map(headers) }
}

function authorizationIn(header: string) {
  const form =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8}\/[a-z0-9-]+\/\w+\/aws4_request), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/
  const [, accessKeyId, scope, names, signature] = form.exec(header) ?? []
  if (accessKeyId === undefined || scope === undefined || names === undefined || signature === undefined) {
    throw new BadSubject('it has no signature of version 4')
  }
  return { accessKeyId, scope, names: names.split(';'), signature }
}

const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

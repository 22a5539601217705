import { createHash, createHmac } from 'node:crypto'

/** Credentials of AWS as a function has them in its environment. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials, which are the only ones that a function has. */
  readonly sessionToken?: string
}

export interface UnsignedRequest {
  readonly method: string
  /** Its path and query hold nothing that needs escaping. */
  readonly url: string
  /** Signed beside `host`, `x-amz-date` and `x-amz-security-token`, which are added. */
  readonly headers: Readonly<Record<string, string>>
  readonly region: string
  readonly service: string
}

/**
 * Signs a request without a body (Signature Version 4).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param now milliseconds since 1970
 * @returns all headers of the request in order of their names, which are in small letters but for `Authorization`
 */
export function signedHeaders(
  { method, url, headers, region, service }: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: number,
): Readonly<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url)
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const added = {
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const sent = inOrder(Object.entries({ ...headers, ...added }))
  const names = sent.map(([name]) => name).join(';')
  const canonical = [
    method,
    pathname,
    inOrder([...searchParams])
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&'),
    ...sent.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(''),
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { Authorization: authorization, ...Object.fromEntries(sent) }
}

const inOrder = (members: readonly [string, string][]): [string, string][] =>
  members.toSorted(([one], [other]) => (one < other ? -1 : 1))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

import { describe, expect, test } from 'vitest'
import { arnMatches, matches } from '../../../../local/aws/iam/pattern.ts'
import { type AccessRequest, evaluate, evaluateAcross, parsePolicy } from '../../../../local/aws/iam/policy.ts'
import type { JsonObject } from '../../../../local/json.ts'

const role = 'arn:aws:iam::000000000000:role/writer'
const put: AccessRequest = { caller: role, action: 's3:PutObject', resource: 'arn:aws:s3:::lake/data/a.parquet' }

function decide(statements: readonly JsonObject[], request: AccessRequest): boolean {
  return evaluate(parsePolicy('Policy', { Statement: [...statements] }), request).allowed
}

const allow = (Action: string | string[], Resource: string | string[], more: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})

describe('a pattern', () => {
  test.each([
    ['arn:aws:s3:::lake/data/*', 'arn:aws:s3:::lake/data/a/b.parquet', true],
    ['arn:aws:s3:::lake/data/*', 'arn:aws:s3:::lake/data/', true],
    ['arn:aws:s3:::lake/data/*', 'arn:aws:s3:::lake/tables/a', false],
    ['arn:aws:s3:::lake', 'arn:aws:s3:::lake/data', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a.c', 'abc', false],
    ['*', 'line\nbreak', true],
    ['(a|b)[c]{1}+$^\\', '(a|b)[c]{1}+$^\\', true],
  ])('%j on %j: %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  test.each([
    ['arn:aws:execute-api:us-east-1:1:api/*/*/github/{sourceId}', true],
    ['arn:aws:execute-api:us-east-1:1:other/*/*/github/{sourceId}', false],
    ['arn:aws:execute-api:*:*:*', true],
    ['arn:aws:*:api/*', false],
    ['*', false],
  ])('of an ARN is compared part by part: %j', (pattern, expected) => {
    expect(arnMatches(pattern, 'arn:aws:execute-api:us-east-1:1:api/$default/POST/github/{sourceId}')).toBe(expected)
  })
})

describe('a request', () => {
  test.each<[string, JsonObject[], boolean]>([
    ['that no statement covers', [], false],
    ['for an allowed action on an allowed resource', [allow('s3:PutObject', 'arn:aws:s3:::lake/*')], true],
    ['among several', [allow(['s3:GetObject', 's3:PutObject'], ['arn:x', 'arn:aws:s3:::lake/*'])], true],
    ['for an action in other letters', [allow('S3:putobject', '*')], true],
    ['for an action by a wildcard', [allow('s3:Put*', '*')], true],
    ['for another action', [allow('s3:GetObject', '*')], false],
    ['on another resource', [allow('s3:PutObject', 'arn:aws:s3:::other/*')], false],
    ['on a resource in other letters', [allow('s3:PutObject', 'arn:aws:s3:::LAKE/*')], false],
    ['that is denied as well', [allow('*', '*'), { ...allow('s3:Put*', '*'), Effect: 'Deny' }], false],
    ['that is denied before', [{ ...allow('s3:Put*', '*'), Effect: 'Deny' }, allow('*', '*')], false],
    ['of a principal that a resource names', [allow('*', '*', { Principal: { AWS: role } })], true],
    ['of everybody', [allow('*', '*', { Principal: { AWS: '*' } })], true],
    ['of another principal', [allow('*', '*', { Principal: { Service: 'lambda.amazonaws.com' } })], false],
    [
      'of one of several principals',
      [allow('*', '*', { Principal: { Service: 'x', AWS: ['arn:aws:iam::0:role/y', role] } })],
      true,
    ],
  ])('%s', (_, statements, allowed) => {
    expect(decide(statements, put)).toBe(allowed)
  })

  const list = (prefix?: string): AccessRequest => ({
    caller: role,
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::lake',
    keys: { 'aws:securetransport': 'true', ...(prefix === undefined ? {} : { 's3:prefix': prefix }) },
  })
  test.each<[string, JsonObject, string | undefined, boolean]>([
    ['fits a pattern', { StringLike: { 's3:prefix': 'tables/*' } }, 'tables/a', true],
    ['fits one of several', { StringLike: { 's3:prefix': ['data/*', 'tables/*'] } }, 'tables/a', true],
    ['fits none', { StringLike: { 's3:prefix': ['data/*', 'tables/*'] } }, 'other/', false],
    ['is not there', { StringLike: { 's3:prefix': 'tables/*' } }, undefined, false],
    ['must not be there', { Null: { 's3:prefix': 'true' } }, undefined, true],
    ['must not be there, and is', { Null: { 's3:prefix': 'true' } }, 'other/', false],
    ['must be there', { Null: { 's3:prefix': false } }, 'other/', true],
    ['must be there, and is not', { Null: { 's3:prefix': false } }, undefined, false],
    ['is equal', { StringEquals: { 's3:prefix': 'tables/*' } }, 'tables/*', true],
    ['is no pattern', { StringEquals: { 's3:prefix': 'tables/*' } }, 'tables/a', false],
    ['has a key in other letters', { StringEquals: { 'S3:Prefix': 'a' } }, 'a', true],
    ['is true or false', { Bool: { 'aws:SecureTransport': true } }, 'a', true],
    ['is the other', { Bool: { 'aws:SecureTransport': 'false' } }, 'a', false],
    [
      'fits, and another does not',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 's3:prefix': 'b' } },
      'a',
      false,
    ],
  ])('whose value %s', (_, condition, prefix, allowed) => {
    expect(decide([allow('s3:ListBucket', '*', { Condition: condition })], list(prefix))).toBe(allowed)
  })

  test.each<[string, JsonObject, boolean]>([
    ['of the exact source', { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::logs' } }, true],
    ['of another source', { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::logs-2' } }, false],
    ['of a source by a pattern', { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::lo*' } }, true],
    ['of the right account, but not the source', { StringEquals: { 'aws:SourceAccount': '1' } }, false],
    ['of a web identity', { StringEquals: { 'tokens.example.com/id:sub': 'me' } }, true],
    ['of another web identity', { StringEquals: { 'tokens.example.com/id:sub': 'Me' } }, false],
    ['of another issuer', { StringEquals: { 'tokens.example.org:sub': 'me' } }, false],
  ])('%s', (_, condition, allowed) => {
    const keys = { 'aws:sourcearn': 'arn:aws:s3:::logs', 'aws:sourceaccount': '2', 'tokens.example.com/id:sub': 'me' }
    expect(decide([allow('s3:PutObject', '*', { Condition: condition })], { ...put, keys })).toBe(allowed)
  })

  test.each<[string, JsonObject, string, boolean]>([
    ['the user', { AWS: 'arn:aws:iam::0:user/u' }, 'arn:aws:iam::0:user/u', true],
    ['another user', { AWS: 'arn:aws:iam::0:user/u' }, 'arn:aws:iam::0:user/v', false],
    ['the provider', { Federated: 'arn:aws:iam::0:oidc-provider/h' }, 'arn:aws:iam::0:oidc-provider/h', true],
    ['another provider', { Federated: 'arn:aws:iam::0:oidc-provider/h' }, 'arn:aws:iam::0:oidc-provider/i', false],
  ])('of %s that a resource names', (_, principal, caller, allowed) => {
    expect(decide([allow('*', '*', { Principal: principal })], { ...put, caller })).toBe(allowed)
  })

  test.each<[string, JsonObject[], JsonObject[], boolean]>([
    ['both sides', [allow('*', '*')], [allow('*', '*', { Principal: { AWS: role } })], true],
    ['the caller’s side alone', [allow('*', '*')], [], false],
    ['the resource’s side alone', [], [allow('*', '*', { Principal: { AWS: role } })], false],
    [
      'both sides, with a denial of one',
      [allow('*', '*')],
      [allow('*', '*', { Principal: '*' }), { ...allow('*', '*', { Principal: '*' }), Effect: 'Deny' }],
      false,
    ],
  ])('on a resource of another account that is allowed by %s', (_, own, other, allowed) => {
    const [identity, resource] = [parsePolicy('Own', { Statement: own }), parsePolicy('Other', { Statement: other })]
    const verdict = evaluateAcross(identity, resource, put)
    expect(verdict.allowed).toBe(allowed)
    if (allowed) expect(verdict.statement?.id).toBe('Own[0]')
  })

  test('gets the deciding statement', () => {
    const policy = parsePolicy('WriterPolicy', { Statement: [allow('s3:GetObject', '*'), allow('s3:PutObject', '*')] })
    expect(evaluate(policy, put)).toMatchObject({ allowed: true, statement: { id: 'WriterPolicy[1]' } })
    const denying = parsePolicy('BucketPolicy', { Statement: { ...allow('*', '*'), Effect: 'Deny' } })
    expect(evaluate([...policy, ...denying], put)).toMatchObject({
      allowed: false,
      statement: { id: 'BucketPolicy[0]' },
    })
    expect(evaluate([], put)).toEqual({ allowed: false, statement: undefined })
  })
})

describe('parts that this evaluator cannot judge are errors that name them:', () => {
  test.each<[JsonObject, string]>([
    [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, 'does not know NotAction in a policy'],
    [{ Effect: 'Allow', Action: 's3:*', NotResource: '*' }, 'does not know NotResource in a policy'],
    [{ ...allow('*', '*'), NotPrincipal: '*' }, 'does not know NotPrincipal in a policy'],
    [
      allow('*', '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2026' } } }),
      'condition operator DateLessThan',
    ],
    [
      allow('*', '*', { Condition: { 'ForAnyValue:StringLike': { 's3:prefix': 'a' } } }),
      'condition operator ForAnyValue:StringLike',
    ],
    [
      allow('*', '*', { Condition: { StringLikeIfExists: { 's3:prefix': 'a' } } }),
      'condition operator StringLikeIfExists',
    ],
    [allow('*', '*', { Condition: { StringEquals: { 'aws:SourceVpc': 'v' } } }), 'condition key aws:SourceVpc'],
    [allow('*', '*', { Condition: { Null: { 's3:if-match': 'true' } } }), 'condition key s3:if-match'],
    [allow('*', `home/\${aws:username}`), `policy variables, as in home/\${aws:username}`],
    [
      allow('*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:root' } }),
      'principal AWS arn:aws:iam::000000000000:root',
    ],
    [allow('*', '*', { Principal: { Federated: 'x' } }), 'principal Federated x'],
    [{ Effect: 'Allow', Resource: '*' }, 'Action is missing'],
    [{ Effect: 'Perhaps', Action: '*', Resource: '*' }, 'Effect should be Allow or Deny'],
  ])('%j', (statement, message) => {
    expect(() => parsePolicy('Policy', { Statement: [allow('*', '*'), statement] })).toThrow(/^Policy\[1\]: /)
    expect(() => parsePolicy('Policy', { Statement: statement })).toThrow(message)
  })
})

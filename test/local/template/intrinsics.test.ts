// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are placeholders of CloudFormation
import { describe, expect, test } from 'vitest'
import { creationOrder, resolveOutputs, resolveProperties, type Scope } from '../../../local/template/intrinsics.ts'
import { parseTemplate, TemplateError } from '../../../local/template/template.ts'

const created = new Map([
  ['Queue', { ref: 'http://queue', attributes: { Arn: 'arn:queue' } }],
  ['Bucket', { ref: 'bucket-name', attributes: {} }],
])

function scopeOf(parts: object): Scope {
  return {
    template: parseTemplate({ Resources: {}, ...parts }),
    created,
    pseudoParameters: { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '000000000000' },
  }
}

function resolved(value: unknown): unknown {
  const scope = scopeOf({ Resources: { It: { Type: 'T', Properties: { value } } } })
  return resolveProperties('It', scope).value
}

test.each([
  ['a plain value', [1, true, null, 'text', { a: 'b' }], [1, true, null, 'text', { a: 'b' }]],
  ['Ref of a resource', { Ref: 'Bucket' }, 'bucket-name'],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  ['Join of nested values', { 'Fn::Join': ['-', ['a', { Ref: 'Bucket' }, 1]] }, 'a-bucket-name-1'],
  ['Sub', { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, 'assets-000000000000-us-east-1'],
  ['text that only looks like Sub', 's3://b/dt=${dt}/', 's3://b/dt=${dt}/'],
  ['Condition of a policy statement', { Condition: 'Yes' }, { Condition: 'Yes' }],
])('%s', (_, value, expected) => {
  expect(resolved(value)).toEqual(expected)
})

test.each([
  [
    'an unknown intrinsic',
    { deep: [{ 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }] },
    'It.value.deep[0]: the local run does not know the intrinsic Fn::Cidr',
  ],
  ['an unknown reference', { Ref: 'Missing' }, 'It.value: Ref to "Missing", which is not there'],
  [
    'an unknown resource',
    { 'Fn::GetAtt': ['Missing', 'Arn'] },
    'It.value.Fn::GetAtt: GetAtt of "Missing", which is not there',
  ],
  ['an unknown name in Sub', { 'Fn::Sub': '${Missing}' }, 'It.value.Fn::Sub: Ref to "Missing", which is not there'],
  ['a malformed intrinsic', { 'Fn::Join': ['-'] }, 'It.value.Fn::Join: expected a list of 2'],
  [
    'an intrinsic that the stack does not use',
    { 'Fn::If': ['Yes', 1, 2] },
    'It.value: the local run does not know the intrinsic Fn::If',
  ],
  ['a value that is to be left out', { Ref: 'AWS::NoValue' }, 'It.value: Ref to "AWS::NoValue", which is not there'],
])('%s is an error that says where', (_, value, message) => {
  expect(() => resolved(value)).toThrow(new TemplateError(message))
})

test('an unknown attribute is an error that names resource and type', () => {
  const template = parseTemplate({
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { a: { 'Fn::GetAtt': ['Queue', 'Name'] } } } },
  })
  expect(() => resolveProperties('Queue', { template, created, pseudoParameters: {} })).toThrow(
    'Queue.a.Fn::GetAtt: the local run does not know the attribute "Name" of Queue (AWS::SQS::Queue)',
  )
})

test('a resource under a condition is an error', () => {
  const resources = { Queue: { Type: 'AWS::SQS::Queue', Condition: 'InEurope' } }
  expect(() => parseTemplate({ Resources: resources })).toThrow('Queue: the local run does not know Condition')
})

test('outputs', () => {
  const outputs = { Url: { Value: { 'Fn::Join': ['', ['http://', { Ref: 'Bucket' }]] } } }
  expect(resolveOutputs(scopeOf({ Outputs: outputs }))).toEqual({ Url: 'http://bucket-name' })
})

describe('the order of creation', () => {
  const resource = (properties: object, dependsOn: string[] = []) => ({
    Type: 'T',
    Properties: properties,
    DependsOn: dependsOn,
  })

  test('puts every resource after all that it refers to', () => {
    const template = parseTemplate({
      Resources: {
        ByRef: resource({ a: [{ b: { Ref: 'ByGetAtt' } }] }),
        ByGetAtt: resource({ a: { 'Fn::GetAtt': ['ByDependsOn', 'Arn'] } }),
        ByDependsOn: resource({ a: { Ref: 'AWS::Region' } }, ['Alone']),
        Alone: resource({}),
      },
    })
    expect(creationOrder(template)).toEqual(['Alone', 'ByDependsOn', 'ByGetAtt', 'ByRef'])
  })

  test('is an error for a circle', () => {
    const template = parseTemplate({ Resources: { A: resource({ a: { Ref: 'B' } }), B: resource({}, ['A']) } })
    expect(() => creationOrder(template)).toThrow('resources refer to each other in a circle: A -> B -> A')
  })
})

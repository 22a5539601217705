import { expect, test } from 'vitest'
import type { JsonObject } from '../../../local/json.ts'
import { Declared } from '../../../local/template/resources/declared.ts'
import { kindOf } from '../../../local/template/resources/kinds.ts'
import { generatedSecret } from '../../../local/template/resources/secret.ts'

test('an unknown type is an error that names the file to extend', () => {
  expect(() => kindOf('Stream', 'AWS::Kinesis::Stream')).toThrow(
    /^Stream: the local run does not know resources of type AWS::Kinesis::Stream\. Teach it in local\/template\/resources\/kinds\.ts/,
  )
})

test.each([
  ['the logical id', 'LakeBucketB1D32E10', {}, 'lakebucketb1d32e10'],
  ['a name that the template gives', 'LakeBucketB1D32E10', { BucketName: 'my-lake' }, 'my-lake'],
  [
    'a long logical id with the end that keeps it apart',
    `${'Long'.repeat(20)}B1D32E10`,
    {},
    `${'long'.repeat(13)}lo-b1d32e10`,
  ],
])('a physical name comes from %s', (_, id, properties, name) => {
  const physical = new Declared(id, 'AWS::S3::Bucket', properties).physicalName('BucketName')
  expect(physical).toBe(name)
  expect(physical.length).toBeLessThanOrEqual(63)
})

test.each([
  [() => declared.text('Missing'), 'Writer (AWS::Lambda::Function): Missing should be text'],
  [() => declared.number('Text', 1), 'Writer (AWS::Lambda::Function): Text should be a number'],
  [() => declared.list('Text'), 'Writer (AWS::Lambda::Function): Text should be a list'],
  [() => declared.object('Nested').text('Name'), 'Writer.Nested (AWS::Lambda::Function): Name should be text'],
  [() => declared.refuse('Text', 'why'), 'Writer (AWS::Lambda::Function): the local run does not support Text: why'],
])('an error names an unexpected property', (read, message) => {
  expect(read).toThrow(message)
})

const declared = new Declared('Writer', 'AWS::Lambda::Function', { Text: 'text', Size: '12', Nested: { Name: 1 } })

test('properties follow CloudFormation’s conversions and defaults', () => {
  expect(declared.number('Size', 1)).toBe(12)
  expect(declared.number('Missing', 1)).toBe(1)
  expect(declared.list('Missing')).toEqual([])
  expect(declared.object('Missing').texts()).toEqual({})
  expect(declared.refuse('Missing', 'why')).toBeUndefined()
})

test("a secret is generated in the stack's way only", () => {
  const generate = (properties: JsonObject) =>
    generatedSecret(new Declared('Secret', 'AWS::SecretsManager::Secret', properties))
  expect(generate({ ExcludePunctuation: true, PasswordLength: 48 })).toMatch(/^[a-zA-Z0-9]{48}$/)
  expect(generate({ ExcludePunctuation: true })).not.toBe(generate({ ExcludePunctuation: true }))
  expect(() => generate({ PasswordLength: 48 })).toThrow('ExcludePunctuation should be true')
  expect(() => generate({ ExcludePunctuation: true, IncludeSpace: true })).toThrow('does not support IncludeSpace')
})

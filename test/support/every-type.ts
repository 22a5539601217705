import type { Field, LogSchema, ValueType } from '../../schemas/definition.ts'

let lastId = 999
const newId = (): number => ++lastId

const field = (name: string, value: ValueType): Field => ({
  name,
  column: name.toLowerCase().replace('@', 'at_sign_'),
  id: newId(),
  ...value,
})

const list = (element: ValueType): ValueType => ({ type: 'array', element, elementId: newId() })

const scalars = (): Field[] => [
  field('text', { type: 'string', indicators: ['username'] }),
  field('small', { type: 'smallint' }),
  field('number', { type: 'int' }),
  field('big', { type: 'bigint' }),
  field('real', { type: 'float' }),
  field('flag', { type: 'boolean' }),
  field('when', { type: 'timestamp', formats: ['rfc3339', 'unix'] }),
  field('raw', { type: 'json' }),
]

/** A schema with every type there is, at the top, in objects, in lists and in lists of objects. */
export const everyType: LogSchema = {
  logType: 'Test.EveryType',
  table: 'test_everytype',
  version: 3,
  reference: 'https://example.com',
  eventTime: [['@timestamp'], ['inner', 'when']],
  key: [
    [{ part: 'source' }, { part: 'member', anyOf: [['id'], ['alternateId']] }],
    [{ part: 'source' }, { part: 'hash', path: ['inner'] }, { part: 'day', path: ['@timestamp'] }],
  ],
  attributes: [{ column: 'p_test_attribute', id: newId() }],
  fields: [
    field('id', { type: 'string' }),
    field('alternateId', { type: 'string' }),
    field('@timestamp', { type: 'timestamp', formats: ['unix_ms', 'rfc3339'] }),
    ...scalars(),
    field('inner', { type: 'object', fields: [...scalars(), field('deep', { type: 'object', fields: scalars() })] }),
    field('texts', list({ type: 'string' })),
    field('numbers', list({ type: 'bigint' })),
    field('things', list({ type: 'object', fields: scalars() })),
    field('lists', list(list({ type: 'string' }))),
  ],
}

import { expect, test } from 'vitest'
import { functionNoteKey, functionNoter, readFunctionNote } from '../../../lambdas/core/function-note.ts'
import { memoryStore } from '../../support/memory-stores.ts'

const options = { name: 'octo-org' }
const source = { id: 'log', secretId: 'arn:secret', options }

test('a function notes itself once, and again when it or its secret is another', async () => {
  const { store } = memoryStore()
  const puts: string[] = []
  const ops = {
    get: store.get,
    put: (key: string, body: Uint8Array) => {
      puts.push(key)
      return store.put(key, body)
    },
  }
  expect(await readFunctionNote(ops, 'log')).toBeUndefined()
  const note = functionNoter(ops, source)
  await note('poller-1', 60_000)
  await note('poller-1', 60_000)
  await functionNoter(ops, source)('poller-1', 60_000)
  expect(puts).toEqual(['state/log/function.json'])
  expect(await readFunctionNote(ops, 'log')).toEqual({ functionName: 'poller-1', secretId: 'arn:secret', options })
  await functionNoter(ops, source)('poller-2', 60_000)
  await functionNoter(ops, { id: 'log', options })('poller-2', 60_000)
  expect(puts).toHaveLength(3)
  expect(await readFunctionNote(ops, 'log')).toEqual({ functionName: 'poller-2', options })
})

test('a note fails no invocation, takes none of its last seconds, and is tried again', async () => {
  const { store, objects } = memoryStore()
  let isDown = true
  const get = async (key: string) => {
    if (isDown) throw new Error('down')
    return store.get(key)
  }
  const note = functionNoter({ get, put: store.put }, source)
  await note('poller-1', 60_000)
  isDown = false
  await note('poller-1', 1_000)
  expect(objects.size).toBe(0)
  await note('poller-1', 60_000)
  expect([...objects.keys()]).toEqual([functionNoteKey('log')])
})

test('a note that cannot be read counts as none', async () => {
  const { store, objects } = memoryStore()
  objects.set(functionNoteKey('log'), Buffer.from('{"functionName":'))
  expect(await readFunctionNote(store, 'log')).toBeUndefined()
})

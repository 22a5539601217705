import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listAll } from '../../../../lambdas/core/aws/list-all.ts'
import { s3Store } from '../../../../lambdas/core/aws/s3-store.ts'
import { folderReader } from '../../../../local/aws/s3/folder-reader.ts'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

test('reads and lists what the store was given, with the same tags and in the same order', async () => {
  const dataDir = await temporaryFolder()
  const { gateway, s3 } = await startStack({ dataDir })
  gateway.objects.ensureBucket('some-bucket')
  const sdk = await import('@aws-sdk/client-s3')
  const store = s3Store(async () => ({ sdk, client: s3 }), 'some-bucket')
  const keys = ['state/a/x.json', 'state/A/Ü.json', 'state/a-b', 'state/a//y', 'other/z']
  for (const key of keys) await store.put(key, Buffer.from(key))

  const reader = folderReader(join(dataDir, 's3'), 'some-bucket')
  for (const key of keys) {
    const object = await reader.get(key)
    expect(Buffer.from(object?.body ?? '').toString()).toBe(key)
    expect(`"${object?.etag}"`).toBe((await store.get(key))?.etag)
    const opened = await reader.open(key)
    expect(opened?.byteLength).toBe(Buffer.byteLength(key))
    expect(Buffer.from((await opened?.slice(2, 5)) ?? new ArrayBuffer()).toString()).toBe(
      Buffer.from(key).subarray(2, 5).toString(),
    )
  }
  const namesIn = async (from: Parameters<typeof listAll>[0]) => {
    const names: string[] = []
    for await (const { key } of listAll(from, 'state/')) names.push(key)
    return names
  }
  expect(await namesIn(reader)).toEqual(await namesIn(store))
  expect((await reader.list('state/', 1, 'state/a')).map(({ key }) => key)).toEqual(
    (await store.list('state/', 1, 'state/a')).map(({ key }) => key),
  )
})

test('has nothing for a missing object, a folder, or a missing bucket', async () => {
  const dir = await temporaryFolder()
  const reader = folderReader(dir, 'none')
  expect([await reader.get('a/b'), await reader.open('a'), await reader.list('', 10)]).toEqual([
    undefined,
    undefined,
    [],
  ])
})

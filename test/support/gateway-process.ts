import { startGateway } from '../../local/aws/gateway/gateway.ts'

/** A gateway in its own process, for tests that kill it: prints its address and key. */
const [dataDir = ''] = process.argv.slice(2)
const gateway = await startGateway({ dataDir })
gateway.objects.ensureBucket('lake')
gateway.queues.ensureQueue('records', { VisibilityTimeout: '3600' })
gateway.queues.ensureQueue('created')
const queueArn = gateway.queues.queueArn('created')
const rule = { id: 'created', queueArn, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' }
await gateway.objects.notifications.configure('lake', [rule])
const { accessKeyId, secretAccessKey } = gateway.principals.create('tester')
console.log(JSON.stringify({ url: gateway.url, credentials: { accessKeyId, secretAccessKey } }))

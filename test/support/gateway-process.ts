import { startGateway } from '../../local/aws/gateway/gateway.ts'

/** A gateway in its own process, for tests that kill it: prints its address and key. */
const [dataDir = ''] = process.argv.slice(2)
const gateway = await startGateway({ dataDir })
gateway.objects.ensureBucket('lake')
gateway.queues.ensureQueue('records', { VisibilityTimeout: '3600' })
const { accessKeyId, secretAccessKey } = gateway.principals.create('tester')
console.log(JSON.stringify({ url: gateway.url, credentials: { accessKeyId, secretAccessKey } }))

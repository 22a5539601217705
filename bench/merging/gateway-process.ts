import { startGateway } from '../../local/aws/gateway/gateway.ts'

/** A gateway with the merger's buckets: prints the variables that lead an SDK to it, and runs until it is ended. */
const [dataDir = ''] = process.argv.slice(2)
const gateway = await startGateway({ dataDir })
for (const bucket of ['lake', 'ops']) gateway.objects.ensureBucket(bucket)
const { accessKeyId, secretAccessKey } = gateway.principals.create('merger')
console.log(
  JSON.stringify({
    AWS_ENDPOINT_URL: gateway.url,
    AWS_REGION: gateway.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }),
)

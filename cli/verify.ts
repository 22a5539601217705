import { parseArgs } from 'node:util'
import { printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { installationHelp, installationOptions, openInstallation } from './installation.ts'
import { interruptSignal } from './interrupt.ts'
import { verifyAthena } from './verify/athena.ts'
import { athenaJson, athenaText } from './verify/athena-render.ts'
import { verifyBuckets } from './verify/buckets.ts'
import { bucketsJson, bucketsText } from './verify/buckets-text.ts'
import { verdict, verifyJson, verifyText } from './verify/render.ts'
import { verifySources } from './verify/verify.ts'

const help = `Verifies that each source can get its events, that the buckets are set up as the stack does it, and on AWS that
Athena reads the lake; names the fault if not.

  npm run verify -- [SOURCE] [options]

${installationHelp}
  --json            prints one JSON object per source and stream, per part of a bucket's set-up, and per check of Athena
  --help            prints this

Each source that is fetched or read is checked by its own function, which reads the secret anew and asks the provider for
one small page of each stream. A webhook gets a request without an event from this machine, with its secret and without.
Nothing is stored, and no state changes. On AWS the caller needs lambda:InvokeFunction on the functions of sources and
secretsmanager:GetSecretValue on the secrets of webhooks.

Without SOURCE, the lifecycle rules, policy, versioning and public access block of both buckets are compared with what the
stack sets up, because it can change only the policy of a bucket that an earlier stack left. The caller needs
s3:GetLifecycleConfiguration, GetBucketPolicy, GetBucketVersioning and GetBucketPublicAccessBlock.

Without SOURCE, a deployment on AWS also gets a dozen queries in Athena: the rows of today and yesterday are counted in
each table and view, and rows of a day without a list, and of a day whose list is empty. For the last one, an empty list is
put into the lake bucket and removed again. Athena charges 10 MB for a query at least: about a tenth of a cent together. The
caller needs the policy for analysts (output AnalystPolicyArn), and s3:PutObject and s3:DeleteObject below tables/ of the
lake bucket. A local run has no Athena.

Exits with 1 if anything does not work.
`

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: { ...installationOptions, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [source, ...more] = positionals
  if (more.length > 0) throw new Error('Name one source, or none to verify all. --help lists the options.')
  const installation = await openInstallation(values)
  try {
    const verified = await verifySources(installation, source)
    const buckets = source === undefined ? await verifyBuckets(installation) : []
    const lines = values.json
      ? [...bucketsJson(buckets), ...verifyJson(verified)]
      : [...bucketsText(buckets), ...verifyText(verified, installation.now())]
    for (const line of lines) printLine(line)
    const results: (boolean | null)[] = [...buckets, ...verified].map(({ ok }) => ok)
    if (source === undefined) {
      const interrupt = interruptSignal()
      try {
        for await (const finding of verifyAthena(installation, interrupt.signal)) {
          for (const line of values.json ? [athenaJson(finding)] : athenaText(finding)) printLine(line)
          results.push(finding.ok)
        }
      } finally {
        interrupt.release()
      }
    }
    if (!values.json) for (const line of ['', verdict(results)]) printLine(line)
    return results.includes(false) ? 1 : 0
  } finally {
    installation.close()
  }
})

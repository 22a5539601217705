import { parseArgs } from 'node:util'
import { printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { installationHelp, installationOptions, openInstallation } from './installation.ts'
import { verifyJson, verifyText } from './verify/render.ts'
import { verifySources } from './verify/verify.ts'

const help = `Verifies that each source can get its events, and names the fault if it cannot.

  npm run verify -- [SOURCE] [options]

${installationHelp}
  --json            prints one JSON object per source and stream
  --help            prints this

Each source that is fetched or read is checked by its own function, which reads the secret anew and asks the provider for
one small page of each stream. A webhook gets a request without an event from this machine, with its secret and without.
Nothing is stored, and no state changes. On AWS the caller needs lambda:InvokeFunction on the functions of sources and
secretsmanager:GetSecretValue on the secrets of webhooks. Exits with 1 if anything does not work.
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
    const lines = values.json ? verifyJson(verified) : verifyText(verified, installation.now())
    for (const line of lines) printLine(line)
    return verified.every(({ ok }) => ok) ? 0 : 1
  } finally {
    installation.close()
  }
})

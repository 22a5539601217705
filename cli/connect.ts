import { runCommand } from './command.ts'
import { connectSource } from './connect/command.ts'
import { installationHelp } from './installation.ts'

const help = `Connects a source with its provider: shows what to type where, takes and checks the credential, and waits until
the first event is a row.

  npm run connect -- SOURCE [options]

SOURCE is the id in the settings. The command asks for a credential without showing it, or reads it from stdin when that
is no terminal: npm run connect -- SOURCE < FILE. It is stored in the secret of the source and checked by the source's own
function; if the provider refuses it, the former one is put back. For a source with the option oauth, a link for the
person who consents takes its place. Ctrl-C leaves, and the same command goes on.

${installationHelp}
  --show-secret     prints the secret of a webhook; on a terminal, the key s does so as well
  --replace         asks for another credential, or consent, although the stored one works
  --client-secret   asks for another client secret of the app, for a source with the option oauth; stdin works as well
  --keep            leaves a credential in the secret although it is refused
  --recovery        the credential with which a webhook source asks for failed deliveries
  --no-wait         does not wait for the first event
  --help            prints this

Exits with 0 when the source is connected, 1 when something is wrong, and 3 when it was left while waiting.
`

await runCommand(help, () => connectSource(process.argv.slice(2)))

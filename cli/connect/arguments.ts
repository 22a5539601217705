import { parseArgs } from 'node:util'
import { installationOptions } from '../installation.ts'

/** The arguments of `npm run connect`. */
export type ConnectArguments = ReturnType<typeof parseConnectArguments>

/** @throws when the command line is invalid. The message repeats nothing of it, because it may hold a credential. */
export function parseConnectArguments(args: readonly string[]) {
  const { values, positionals } = parse(args)
  const { 'show-secret': showSecret, 'client-secret': clientSecret, recovery, replace, keep, ...others } = values
  const { 'no-wait': leave, ...installation } = others
  const [source, ...more] = positionals
  if (more.length > 0) {
    throw new Error(
      'Only the id of the source is an argument. A credential is not: the history of the shell and the list of ' +
        'processes would show it. Put it in when the command asks for it, or pass it on stdin: npm run connect -- SOURCE < FILE',
    )
  }
  if (source === undefined) throw new Error('Name a source: npm run connect -- SOURCE. --help lists the options.')
  return { source, showSecret, clientSecret, recovery, replace, keep, wait: !leave, installation }
}

const flag = { type: 'boolean', default: false } as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...installationOptions,
        'show-secret': flag,
        'client-secret': flag,
        recovery: flag,
        replace: flag,
        keep: flag,
        'no-wait': flag,
      },
      allowPositionals: true,
    })
  } catch {
    throw new Error('An option is unknown or lacks its value. --help lists the options.')
  }
}

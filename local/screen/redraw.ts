import { createLogUpdate } from 'log-update'

/** Where text is shown: a terminal, a file or a pipe. */
export type Screen = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** A function that replaces the text it showed before; undefined where output can only be appended. */
export function redrawing(
  stream: Screen,
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof createLogUpdate> | undefined {
  // A terminal without a known size (some containers report 0) cannot be redrawn in place.
  const canRedraw = stream.isTTY === true && env.TERM !== 'dumb' && Boolean(stream.columns && stream.rows)
  return canRedraw ? createLogUpdate(stream, { showCursor: true }) : undefined
}

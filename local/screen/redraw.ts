import { createLogUpdate } from 'log-update'

/** Where text is shown: a terminal, a file or a pipe. */
export type Screen = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** A function that shows text in place of what it showed before; undefined where lines can only follow each other. */
export function redrawing(
  stream: Screen,
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof createLogUpdate> | undefined {
  // A terminal that does not know its size (some containers say 0) cannot be redrawn in place.
  const canRedraw = stream.isTTY === true && env.TERM !== 'dumb' && Boolean(stream.columns && stream.rows)
  return canRedraw ? createLogUpdate(stream, { showCursor: true }) : undefined
}

/**
 * Does something that cannot be stopped, and stops waiting for it when the signal comes.
 * @throws {Error} when the signal came
 */
export async function untilInterrupted<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const leave = () => reject(new Error('the command was interrupted.'))
  signal.addEventListener('abort', leave, { once: true })
  try {
    if (signal.aborted) leave()
    return await Promise.race([interrupted, action()])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

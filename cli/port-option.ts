/** The port that an option names. @throws when it is none */
export function portIn(text: string): number {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`--port ${text} is not a port (0 to 65535)`)
}

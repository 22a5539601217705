// Runs at the end of `npm ci`, on the Node that all commands will use, so it must parse on an old one.
const { node } = process.versions
if (Number(node.split('.')[0]) < 24) {
  console.error(
    `AuditLake needs Node 24 and would run on Node ${node}. On Linux (x64 and arm64) npm ci installs it, unless optional ` +
      'packages are omitted. On other systems install Node 24 first, for example from nodejs.org, then run npm ci again.',
  )
  process.exitCode = 1
}

import type { Reporter } from 'knip'

/** A second reporter beside knip's own that says how many files it looked at, which knip keeps to itself. */
const reportFileCount: Reporter = ({ counters }) => {
  console.log(`files: ${counters.total}`)
}

export default reportFileCount

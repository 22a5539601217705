/** What one check found out. */
export interface Verdict {
  /** How many things were looked at. A check that saw nothing fails: it would pass whatever the project held. */
  readonly seen: number
  /** What was counted, in the plural. */
  readonly unit: string
  /** One text per problem, or the output of the tool that found them; empty when all is well. */
  readonly problems: readonly string[]
}

export interface Check {
  /** The name for `--only` and the verdict line. */
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  /** @param root The project's folder. */
  readonly run: (root: string) => Promise<Verdict>
}

export interface Result extends Verdict {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

/**
 * Runs the checks, two at a time in their order, and gives the results in that order.
 * A check that throws has failed; the others run on.
 * @param onResult Called for each check as soon as it is done.
 */
export async function runChecks(
  root: string,
  checks: readonly Check[],
  onResult: (result: Result) => void,
): Promise<Result[]> {
  const results = new Map<Check, Result>()
  const waiting = [...checks]
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await runCheck(root, check)
      results.set(check, result)
      onResult(result)
    }
  }
  await Promise.all([work(), work()])
  return checks.flatMap((check) => results.get(check) ?? [])
}

async function runCheck(root: string, check: Check): Promise<Result> {
  const started = performance.now()
  const verdict = await check.run(root).catch((error: unknown) => ({
    seen: 0,
    unit: 'files',
    problems: [`The check broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  }))
  const problems =
    verdict.seen === 0 && verdict.problems.length === 0
      ? [`Saw no ${verdict.unit} at all, so it proves nothing. Look at where it searches.`]
      : verdict.problems
  const seconds = Math.round((performance.now() - started) / 100) / 10
  return { ...verdict, name: check.name, problems, ok: problems.length === 0, seconds }
}

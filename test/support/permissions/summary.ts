import type { Decision, Grant, RunOfDecisions } from '../../../local/aws/iam/decision-log.ts'
import { matches } from '../../../local/aws/iam/pattern.ts'
import { actionMatches } from '../../../local/aws/iam/policy.ts'
import { isObject } from '../../../local/json.ts'
import type { OnBehalf } from './on-behalf.ts'

/** The verdict of a test suite's local runs on the template's permissions. */
export interface Summary {
  /** Requests decided, without the operator's. */
  readonly seen: number
  /** Unexpected refusals. */
  readonly refused: readonly Decision[]
  /** Grants of a template that no run used and the list of services does not contain. */
  readonly unused: readonly string[]
  /** Entries of that list that no template grants, or that a run used. */
  readonly wronglyListed: readonly OnBehalf[]
}

interface Judged {
  readonly grant: Grant
  used: boolean
}

/** @param logs Contents of the decision logs. */
export function summarize(logs: readonly string[], onBehalf: readonly OnBehalf[]): Summary {
  const grants = new Map<string, Judged>()
  const refused: Decision[] = []
  let seen = 0
  for (const log of logs) {
    const entries = log.split('\n').flatMap(parseEntry)
    const granted = entries.filter(isRun).flatMap((run) => run.grants)
    for (const grant of granted) {
      const key = describe(grant)
      if (!grants.has(key)) grants.set(key, { grant, used: false })
    }
    let expected = false
    for (const entry of entries) {
      if (isRun(entry)) expected = entry.expectRefusals
      else if (entry.principal !== 'operator') {
        seen += entry.count ?? 1
        if (!entry.allowed && !expected) refused.push(entry)
        for (const grant of granted) if (fits(grant, entry)) markUsed(grants.get(describe(grant)))
      }
    }
  }
  const judged = [...grants.values()]
  const listed = (entry: OnBehalf) => judged.filter(({ grant }) => isListed(grant, entry))
  const excused = new Set(onBehalf.flatMap(listed))
  return {
    seen,
    refused,
    unused: judged.filter((one) => !one.used && !excused.has(one)).map(({ grant }) => describe(grant)),
    wronglyListed: onBehalf.filter((entry) => !listed(entry).some(({ used }) => !used)),
  }
}

function markUsed(judged: Judged | undefined): void {
  if (judged) judged.used = true
}

function fits({ statement, action, resource }: Grant, decision: Decision): boolean {
  return (
    decision.allowed &&
    statement === decision.statement &&
    actionMatches(action, decision.action) &&
    matches(resource, decision.resource)
  )
}

/**
 * Maps equal grants of different stacks to one text. Statements have other numbers there, and sources come and go: a
 * source's secret, its role and a stream's queues are granted alike for each, so that one stands for all.
 */
function describe({ principal, action, resource, condition }: Grant): string {
  const role = principal
    .replace(/^intakepolled.*poller.*$/, 'role of a source that is fetched')
    .replace(/^intakestreams.*poller.*$/, 'role of a stream that is listed')
    .replace(/^intakestreams.*reader.*$/, 'role of a stream that is announced')
  const kind = resource
    .replace(/(:secretsmanager:.*:secret:).*/, '$1*')
    .replace(/(:sqs:.*:)intakestreams.*(notifications|deadletters)[0-9a-f]{8}$/, '$1<stream> $2')
    .replace(/\/state\/[^/]+\//, '/state/<source>/')
  const limits = condition.replace(/\bstate\/[^/]+\//, 'state/<source>/')
  return `${role}: ${action} on ${kind}${limits === '' ? '' : ` if ${limits}`}`
}

function isListed(grant: Grant, entry: OnBehalf): boolean {
  return (
    matches(entry.principal, grant.principal) &&
    actionMatches(entry.action, grant.action) &&
    matches(entry.resource, grant.resource)
  )
}

/** Empty for a line that a killed process left incomplete. */
function parseEntry(line: string): (Decision | RunOfDecisions)[] {
  try {
    const entry: unknown = JSON.parse(line)
    return isEntry(entry) ? [entry] : []
  } catch {
    return []
  }
}

function isEntry(entry: unknown): entry is Decision | RunOfDecisions {
  return isObject(entry) && ('grants' in entry || 'allowed' in entry)
}

function isRun(entry: Decision | RunOfDecisions): entry is RunOfDecisions {
  return 'grants' in entry
}

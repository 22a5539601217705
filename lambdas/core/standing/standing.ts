import { ageText, spanText } from '../time-text.ts'
import type { ObjectFacts } from './object-stream.ts'
import type { Credential, StreamFacts } from './polled-stream.ts'

/** What the state of a source comes to. */
export type StandingWord = 'working' | 'not set up' | 'refused' | 'failing' | 'silent' | 'behind'

/** The state of a source or of one stream of it, in a word, and what follows from it. */
export interface Standing {
  readonly word: StandingWord
  /** Why, in a sentence without its full stop; absent when there is nothing to say. Can quote a provider. */
  readonly why?: string | undefined
  /** What to do, with a command at its end if one helps. */
  readonly remedy?: string | undefined
  /** Whether it stays so until a person does something. Dead letters of the source count beside it. */
  readonly needsPerson: boolean
}

/** How events come: from a webhook, by fetching, from a bucket; `recovery` has failed webhooks sent again. */
export type FeedKind = 'webhook' | 'polled' | 'bucket' | 'recovery'

/** The rejected requests of a webhook source: how many at least, and the last one, in milliseconds since 1970. */
export interface RejectedFacts {
  readonly count: number
  readonly lastAt: number
  readonly lastReason: string
}

/** The facts that decide. All times are milliseconds since 1970. */
export interface StandingFacts extends Omit<StreamFacts, 'state'> {
  readonly source: string
  /** Absent for a source that the settings no longer name. */
  readonly type?: string
  /** Absent for a source of a type that this version does not know, and without a type. */
  readonly feed?: FeedKind
  readonly state?: StreamFacts['state']
  /** Only of a webhook source. */
  readonly rejected?: RejectedFacts | undefined
  /** Only of a source whose provider writes into a bucket. */
  readonly objects?: ObjectFacts | undefined
}

export interface StandingView {
  readonly now: number
  /** The options of a printed command that name the installation, with a space at their end; empty by default. */
  readonly options?: string
}

const hourMs = 3_600_000

/** A stream that has not been read to its end for this long is behind. */
const behindMs = hourMs

/** A source without an event for this long is silent, and a fault that passes by itself needs a person after it. */
const silentMs = 24 * hourMs

/** Failures in a row from which on an error is no passing one. */
const repeated = 2

/** Failures in a row that never gained anything and need a person: about seven minutes of them. */
const inVain = 4

/**
 * The standing of a source or stream. The first that holds counts: what a person has to mend comes before what may
 * pass, and a cause before its effects (docs/decisions/0028-what-the-state-of-a-source-means.md).
 */
export function standingOf(facts: StandingFacts, view: StandingView): Standing {
  if (facts.type === undefined) {
    return { word: 'not set up', why: 'the settings no longer name this source', needsPerson: false }
  }
  switch (facts.feed) {
    case undefined:
      return person(
        'failing',
        `this version of the commands does not know the type ${facts.type}`,
        'Update this clone to the version that is deployed (git pull, npm ci)',
      )
    case 'webhook':
      return ofWebhook(facts, view)
    default:
      return unreadable(facts) ?? ofCredential(facts, view) ?? ofProvider(facts, view) ?? ofRuns(facts, view)
  }
}

const person = (word: StandingWord, why?: string, remedy?: string): Standing => ({
  word,
  why,
  remedy,
  needsPerson: true,
})

const connect = ({ source, feed }: StandingFacts, { options = '' }: StandingView): string =>
  `npm run connect -- ${options}${source}${feed === 'recovery' ? ' --recovery' : ''}`

const verify = ({ source }: StandingFacts, { options = '' }: StandingView): string =>
  `npm run verify -- ${options}${source}`

function ofWebhook(facts: StandingFacts, view: StandingView): Standing {
  const { lastEventAt, rejected } = facts
  const { now } = view
  const quietFor = lastEventAt === undefined ? Number.POSITIVE_INFINITY : now - lastEventAt
  // A stranger can be rejected as well, so that an event within the hour speaks for the source.
  if (rejected && rejected.lastAt > (lastEventAt ?? 0) && quietFor > behindMs) return ofRejected(rejected, facts, view)
  if (lastEventAt === undefined) return person('not set up', 'no event has come', `Set it up: ${connect(facts, view)}`)
  if (quietFor <= silentMs) return { word: 'working', needsPerson: false }
  return silent(facts, view, 'Look at the deliveries of the webhook at the provider, then check')
}

function ofRejected({ count, lastAt, lastReason }: RejectedFacts, facts: StandingFacts, view: StandingView): Standing {
  const since =
    facts.lastEventAt === undefined ? 'no event has come' : `no event since ${ageText(facts.lastEventAt, view.now)}`
  const requests = count === 1 ? 'a request was' : `at least ${count} requests were`
  const why = `${since}, but ${requests} rejected, the last ${ageText(lastAt, view.now)}: ${lastReason}`
  const isSecret = lastReason === 'bad_credential'
  const remedy = isSecret
    ? `Give the provider the secret again: ${connect(facts, view)}`
    : `The provider does not send what is expected; compare its form with: ${connect(facts, view)}`
  return person('refused', why, remedy)
}

function silent(facts: StandingFacts, view: StandingView, remedy: string): Standing {
  const why =
    facts.lastEventAt === undefined
      ? 'no event has come'
      : `the last event came ${ageText(facts.lastEventAt, view.now)}`
  return person('silent', why, `${remedy}: ${verify(facts, view)}`)
}

const unreadable = ({ state }: StandingFacts): Standing | undefined =>
  state === 'unreadable'
    ? person(
        'failing',
        'its stored state cannot be read',
        'The next run makes a new one; if it does not, look into its log',
      )
    : undefined

/** The credential with which events are fetched; that for a bucket's configuration is not needed for its events. */
function ofCredential(facts: StandingFacts, view: StandingView): Standing | undefined {
  const { state, feed, lastRun } = facts
  if (state === 'never ran' && feed === 'bucket') {
    return person('not set up', 'no object has arrived', `Set it up: ${connect(facts, view)}`)
  }
  if (state === 'never ran') {
    const remedy = `Its first run comes within a minute; if none comes: ${verify(facts, view)}`
    return person('not set up', 'it has not run yet', remedy)
  }
  if (lastRun?.outcome !== 'credentials') return undefined
  const isMissing = facts.credential === 'missing'
  const remedy = isMissing ? 'Put the credential in' : 'Put another one in'
  return person(isMissing ? 'not set up' : 'refused', detailOf(lastRun), `${remedy}: ${connect(facts, view)}`)
}

/** What the provider says of its stream into a bucket. */
function ofProvider(facts: StandingFacts, view: StandingView): Standing | undefined {
  const stopped = facts.objects?.provider?.streams.find(({ enabled, pausedAt }) => !enabled || pausedAt !== undefined)
  if (!stopped) return undefined
  const { id, destination, enabled, pausedAt } = stopped
  const did = enabled ? 'PAUSED' : 'SWITCHED OFF'
  const since = pausedAt === undefined ? '' : `, ${ageText(pausedAt, view.now)}`
  return person(
    'failing',
    `THE PROVIDER HAS ${did} THE STREAM ${id} (${destination})${since}`,
    'Switch it on there: no event arrives until then',
  )
}

function ofRuns(facts: StandingFacts, view: StandingView): Standing {
  const { lastRun, failures = 0, hasRead } = facts
  const { now } = view
  if (lastRun?.outcome === 'configuration') {
    return person(
      'failing',
      detailOf(lastRun),
      `Correct the settings, or the set-up at the provider, then check: ${verify(facts, view)}`,
    )
  }
  if (lastRun?.outcome === 'internal') {
    return person('failing', detailOf(lastRun), 'This is a fault of AuditLake: report it with the log of the function')
  }
  const lag = lagOf(facts, now)
  const isTransient = lastRun?.outcome === 'transient'
  if (isTransient && (failures >= repeated || hasRead === false)) {
    const needsPerson = hasRead === false ? failures >= inVain : lag > silentMs
    const remedy = needsPerson
      ? `It does not pass by itself; check: ${verify(facts, view)}`
      : 'It is tried again by itself'
    return { word: 'failing', why: detailOf(lastRun), remedy, needsPerson }
  }
  return ofPlaces(facts, view) ?? behind(facts, view, lag) ?? ofQuiet(facts, view) ?? working(facts)
}

/** A part of the past, or a bucket's list, that cannot be read while new events are. */
function ofPlaces(facts: StandingFacts, view: StandingView): Standing | undefined {
  const { now } = view
  const stuck = facts.backlogs?.find(({ failure, failures = 0 }) => failure && failures >= repeated)
  if (stuck) {
    const { from, to, failure } = stuck
    const why = `events from ${spanText(now - from)} to ${ageText(to, now)} cannot be read: ${failure?.detail ?? failure?.outcome}`
    return {
      word: 'failing',
      why,
      remedy: 'New events are read; this part is tried again',
      needsPerson: now - to > silentMs,
    }
  }
  const { detail, failures = 0 } = facts.objects?.listing ?? {}
  if (detail === undefined || failures < repeated) return undefined
  return {
    word: 'failing',
    why: `the bucket cannot be listed: ${detail}`,
    remedy: `Objects that a message names are read; check: ${verify(facts, view)}`,
    needsPerson: failures >= inVain,
  }
}

function behind(facts: StandingFacts, view: StandingView, lag: number): Standing | undefined {
  if (lag <= behindMs) return undefined
  const { lastRun, hasRead } = facts
  const isRunning = lastRun !== undefined && view.now - lastRun.at <= behindMs
  const stood =
    lastRun === undefined ? 'its first run has not ended' : `its last run ended ${ageText(lastRun.at, view.now)}`
  const why =
    hasRead === false ? 'its first reading is under way' : `it has been read until ${ageText(view.now - lag, view.now)}`
  // A first reading begins days back by intent.
  const needsPerson = lag > silentMs && !(isRunning && hasRead === false)
  const catching = 'It catches up by itself'
  return {
    word: 'behind',
    why: isRunning ? why : `${why}, and ${stood}`,
    remedy: needsPerson ? `Check it: ${verify(facts, view)}` : catching,
    needsPerson,
  }
}

/** A source from which nothing comes, since its last event or else since its beginning. */
function ofQuiet(facts: StandingFacts, view: StandingView): Standing | undefined {
  const { feed, lastEventAt, startAt } = facts
  if (feed === 'recovery') return undefined
  const since = lastEventAt ?? startAt
  if (since === undefined && feed === 'bucket') {
    return person('not set up', 'no event has arrived', `Set it up: ${connect(facts, view)}`)
  }
  if (since === undefined || view.now - since <= silentMs) return undefined
  return silent(facts, view, 'Check that the provider still records events')
}

/** Working, though perhaps not all of it. */
function working({ lastRun, credential, objects }: StandingFacts): Standing {
  const unasked = objects?.provider && objects.provider.outcome !== 'done' ? objects.provider : undefined
  if (unasked) {
    const isPersons = (['refused', 'missing'] satisfies Credential[]).some((one) => one === credential)
    const why = `events come, but the provider does not say whether its stream runs: ${unasked.detail ?? unasked.outcome}`
    return { word: 'working', why, needsPerson: isPersons }
  }
  if (lastRun?.outcome !== 'transient') return { word: 'working', needsPerson: false }
  return { word: 'working', why: `the last run failed and is tried again: ${detailOf(lastRun)}`, needsPerson: false }
}

/** How long ago the feed was last read to its end, in milliseconds; 0 where that is not known. */
export const lagOf = ({ readUntil }: StandingFacts, now: number): number =>
  readUntil === undefined ? 0 : Math.max(0, now - readUntil)

const detailOf = ({ outcome, detail = '' }: NonNullable<StreamFacts['lastRun']>): string =>
  detail.trim() === '' ? `its last run ended as ${outcome}` : detail

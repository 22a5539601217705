import { pick, pickWeighted, randomText, randomUuid, seededRandom } from '../shared/seeded-random.ts'
import { type HexAction, type HexTargetType, hexActions } from './actions.ts'
import { type HexPerson, type HexThing, type HexWorkspace, inventWorkspace } from './workspace.ts'

export interface HexTarget {
  readonly id: string
  readonly type: HexTargetType
  readonly metadata: {
    /** JSON inside a string, and not always whole. */
    readonly representation: string
    readonly created?: boolean
    readonly principal_type?: string
  }
}

/** https://learn.hex.tech/docs/administration/workspace_settings/audit-logs/audit-logs-reference */
export interface HexEvent {
  /** The stream's samples have it, those of Hex do not. */
  readonly id?: string
  readonly actor: {
    readonly id: string
    readonly type: string
    readonly metadata: {
      readonly email: string
      readonly workspace: string
      readonly workspaceId: string
      readonly actorOrgRole?: string
    }
  }
  readonly action: string
  readonly context: { readonly location: string; readonly user_agent: string }
  readonly targets: readonly HexTarget[]
  readonly metadata: {
    readonly result: 'SUCCESS' | 'FAILURE'
    /** JSON inside a string. */
    readonly requestArgs: string
    /** Empty after a success. */
    readonly failureReason: string
    /** No two events share one here. */
    readonly hexTraceId: string
    readonly source: string
    readonly isRefreshingKey?: boolean
    readonly projectCreationMethod?: string
  }
  readonly occurred_at: string
  /** A number in the samples of Hex, text elsewhere. */
  readonly version: number | string
}

/** What the stream wraps an event in: https://workos.com/docs/audit-logs/log-streams */
export interface HexEnvelope {
  readonly event: HexEvent
  /** Whether it belongs to the event or to the batch is not documented: both occur here. */
  readonly keySuffix: string
  readonly timestamp: string
  readonly source?: string
}

export interface HexBatchOptions {
  /** Decides everything but the times. @default 1 */
  readonly seed?: number
  /** Batches have from one event to this many, more often few. @default 12 */
  readonly maxBatchSize?: number
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

const failureShare = 0.04
/** Share of events that lack a member which is not always there. */
const missingShare = 0.25
/** https://workos.com/docs/audit-logs/metadata-schema; longer texts are assumed to be cut. */
const maxTextLength = 500
const upToMsAgo = 5_000

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const failureReasons = ['User does not have permission', 'Not found', 'Kernel could not be started: "timeout"']
const apiClient = 'python-requests/2.32.3'
const projectCreationMethods: Readonly<Record<string, string>> = {
  CREATE_PROJECT: 'BLANK',
  CREATE_PROJECT_FROM_TEMPLATE: 'TEMPLATE',
  CREATE_PROJECT_FROM_THREAD: 'THREAD',
  DUPLICATE_PROJECT: 'DUPLICATE',
  IMPORT_PROJECT: 'IMPORT',
}

/** What happens in one invented workspace, for ever. Every batch is made at the moment it is asked for. */
export function* hexBatches(options: HexBatchOptions = {}): Generator<readonly HexEnvelope[], never> {
  const { seed = 1, maxBatchSize = 12, now = Date.now } = options
  const random = seededRandom(seed)
  const workspace = inventWorkspace(random)
  for (;;) {
    const time = now()
    const size = 1 + Math.floor(random() ** 2 * maxBatchSize)
    const keySuffix = random() < 0.5 ? ulid(time, random) : undefined
    yield Array.from({ length: size }, () => ({
      event: inventEvent(workspace, time, random),
      keySuffix: keySuffix ?? ulid(time, random),
      timestamp: new Date(time).toISOString(),
      ...(random() < missingShare ? {} : { source: 'Hex' }),
    }))
  }
}

function inventEvent(workspace: HexWorkspace, time: number, random: () => number): HexEvent {
  const kind = pickWeighted(hexActions, ({ weight }) => weight, random)
  const person = pick(workspace.people, random)
  const occurred = time - Math.floor(random() * upToMsAgo)
  const byApi = random() < 0.1
  const targets = inventTargets(kind, workspace, person, occurred, random)
  return {
    ...(random() < missingShare ? {} : { id: ulid(occurred, random) }),
    actor: {
      id: person.id,
      type: 'USER',
      metadata: {
        email: person.email,
        workspace: workspace.name,
        workspaceId: workspace.id,
        ...(random() < missingShare ? {} : { actorOrgRole: person.role }),
      },
    },
    action: kind.action,
    context: { location: person.location, user_agent: byApi ? apiClient : person.userAgent },
    targets,
    metadata: inventMetadata(kind, targets, byApi, random),
    occurred_at: new Date(occurred).toISOString(),
    version: random() < 0.5 ? 1 : '1',
  }
}

function inventMetadata(
  { action }: HexAction,
  targets: readonly HexTarget[],
  byApi: boolean,
  random: () => number,
): HexEvent['metadata'] {
  const failed = random() < failureShare
  const projectCreationMethod = projectCreationMethods[action]
  return {
    result: failed ? 'FAILURE' : 'SUCCESS',
    requestArgs: JSON.stringify(Object.fromEntries(targets.map(({ type, id }) => [`${type}_id`, id]))),
    failureReason: failed ? pick(failureReasons, random) : '',
    hexTraceId: randomText(32, '0123456789abcdef', random),
    source: byApi ? 'api' : 'web',
    ...(action === 'CREATE_MAGIC_API_KEY' ? { isRefreshingKey: random() < 0.5 } : {}),
    ...(projectCreationMethod === undefined ? {} : { projectCreationMethod }),
  }
}

function inventTargets(
  { action, targets }: HexAction,
  workspace: HexWorkspace,
  person: HexPerson,
  occurred: number,
  random: () => number,
): HexTarget[] {
  const chosen = targets.map((type) => ({ type, thing: pick(workspace.things.get(type) ?? [], random) }))
  const parentId = chosen[0]?.thing.id ?? workspace.id
  return chosen.map(({ type, thing }, index) => {
    // the last one is what a creation creates; users exist before they are targets
    const created = action.startsWith('CREATE_') && type !== 'user' && index === targets.length - 1
    const date = new Date(occurred).toISOString()
    const target = created
      ? { ...thing, id: randomUuid(random), createdDate: date, updatedDate: date, creatorId: person.id }
      : thing
    return {
      id: target.id,
      type,
      metadata: {
        representation: JSON.stringify(represent(type, target, parentId)).slice(0, maxTextLength),
        ...(created ? { created } : {}),
        ...(type === 'principal' ? { principal_type: pick(['USER', 'GROUP'], random) } : {}),
      },
    }
  })
}

function represent(type: HexTargetType, thing: HexThing, parentId: string): Readonly<Record<string, unknown>> {
  const { id, createdDate, updatedDate, creatorId, title } = thing
  const dates = { id, createdDate, updatedDate }
  switch (type) {
    case 'project':
      return {
        ...dates,
        archivedDate: null,
        creatorId,
        canEditorsShare: true,
        projectLanguage: 'PYTHON',
        hexType: 'PROJECT',
        organizationRole: null,
        publicRole: null,
      }
    case 'project_version':
      return {
        ...dates,
        title,
        description: '',
        hexId: parentId,
        creatorId,
        timezone: null,
        version: 'draft',
        published: false,
        kernelSize: 'medium',
        autoRerun: true,
      }
    case 'cell':
      return { ...dates, cellType: 'SQL', hexId: parentId, label: title, source: query(id) }
    case 'user':
      return { ...dates, email: title, deactivatedDate: null }
    default:
      return { ...dates, archivedDate: null, creatorId, name: title }
  }
}

/** Of a length that the id decides: some are too long for a text of the metadata. */
function query(id: string): string {
  const columns = Array.from(
    { length: 1 + Number.parseInt(id.charAt(0), 16) },
    (_, n) => `sum(amount_${n}) as "n ${n}"`,
  )
  return `select\n  ${columns.join(',\n  ')}\nfrom orders`
}

/** Sortable by time, unique by chance: https://github.com/ulid/spec */
function ulid(time: number, random: () => number): string {
  const digits = Array.from({ length: 10 }, (_, index) => crockford.charAt(Math.floor(time / 32 ** (9 - index)) % 32))
  return digits.join('') + randomText(16, crockford, random)
}

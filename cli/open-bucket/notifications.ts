import type { NotificationConfiguration, QueueConfiguration } from '@aws-sdk/client-s3'

/** Id of the notification that the command adds. */
const ours = 'AuditLake'

const created = 's3:ObjectCreated:*'

/** What becomes of a bucket's notifications. */
export interface MergedNotifications {
  readonly change: 'added' | 'replaced' | 'unchanged'
  /** The whole configuration, to be put in place of the one that is there. */
  readonly configuration: NotificationConfiguration
}

/** One notification of any kind. */
interface Rule {
  readonly kind: 'queue' | 'topic' | 'function'
  readonly id: string
  readonly destination: string
  readonly events: readonly string[]
}

/**
 * Adds the queue to a bucket's notifications and keeps every other one, because a put replaces them all.
 *
 * @throws when another destination gets events of created objects, which S3 refuses
 *   (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html)
 */
export function mergeNotifications(existing: NotificationConfiguration, queueArn: string): MergedNotifications {
  const { QueueConfigurations: queues = [] } = existing
  const isComplete = ({ QueueArn, Events = [], Filter }: QueueConfiguration): boolean =>
    QueueArn === queueArn && Events.includes(created) && (Filter?.Key?.FilterRules ?? []).length === 0
  if (queues.some(isComplete)) return { change: 'unchanged', configuration: existing }
  const others = queues.filter(({ Id }) => Id !== ours)
  const conflict = rulesOf({ ...existing, QueueConfigurations: others }).find(({ events }) => events.some(isCreation))
  if (conflict) throw new Error(complaint(conflict))
  return {
    change: others.length < queues.length ? 'replaced' : 'added',
    configuration: {
      ...existing,
      QueueConfigurations: [...others, { Id: ours, QueueArn: queueArn, Events: [created] }],
    },
  }
}

function rulesOf(existing: NotificationConfiguration): Rule[] {
  const { QueueConfigurations = [], TopicConfigurations = [], LambdaFunctionConfigurations = [] } = existing
  const rule = (
    kind: Rule['kind'],
    destination: string | undefined,
    {
      Id: id = '(none)',
      Events: events = [],
    }: { readonly Id?: string | undefined; readonly Events?: string[] | undefined },
  ): Rule => ({ kind, id, destination: destination ?? '', events })
  return [
    ...QueueConfigurations.map((one) => rule('queue', one.QueueArn, one)),
    ...TopicConfigurations.map((one) => rule('topic', one.TopicArn, one)),
    ...LambdaFunctionConfigurations.map((one) => rule('function', one.LambdaFunctionArn, one)),
  ]
}

function isCreation(event: string): boolean {
  return event.startsWith('s3:ObjectCreated:')
}

function complaint({ kind, id, destination, events }: Rule): string {
  return `The bucket already sends ${events.filter(isCreation).join(', ')} to the ${kind} ${destination} (notification "${id}"), and S3 sends an event of an object to one destination only. Move that one to Amazon EventBridge, which may get the same events, and remove its notification; or give the stream a bucket of its own. Nothing was changed.`
}

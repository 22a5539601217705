import type { AccessRequest } from '../iam/policy.ts'
import { AnswerLost, ServiceError } from '../store.ts'
import type { BucketFactsFile, QueueNotification } from './bucket-facts.ts'
import { NotificationFaults } from './notification-faults.ts'
import { createdMessage, testMessage } from './notification-message.ts'
import { checkRules, coversCreated } from './notification-rules.ts'
import type { ObjectCreated } from './object-files.ts'

/** The queues as S3 reaches them. */
export interface NotifiedQueues {
  /** Whether there is such a queue, in this region. */
  has(queueArn: string): boolean
  /** Resolves once the message survives the death of this process. */
  send(queueArn: string, body: string): Promise<void>
}

export interface NotificationsOptions {
  readonly facts: BucketFactsFile
  readonly queues: NotifiedQueues
  /** Decides by the policies of the queues. */
  readonly decide: (request: AccessRequest) => boolean
  /** Receives messages that S3 may not send any more, or that the queue did not take; no caller sees these. */
  readonly onFault: (error: unknown) => void
}

/**
 * Messages of buckets to queues about created objects.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
 */
export class Notifications {
  readonly faults = new NotificationFaults()
  readonly #options: NotificationsOptions
  readonly #underWay = new Set<Promise<void>>()
  #closed = false

  constructor(options: NotificationsOptions) {
    this.#options = options
  }

  /**
   * Replaces the notifications of a bucket, and sends each queue a test message if anything changed.
   * @throws {ServiceError} when a queue is missing or may not be sent to, or the rules are invalid
   */
  async configure(bucket: string, rules: readonly QueueNotification[]): Promise<void> {
    const { facts, queues } = this.#options
    checkRules(rules)
    const refused = rules.find(({ queueArn }) => !this.#maySend(bucket, queueArn))
    if (refused !== undefined) {
      throw new ServiceError(
        400,
        'InvalidArgument',
        `Unable to validate the following destination configurations: S3 may not send messages of the bucket ${bucket} to ${refused.queueArn}, or there is no such queue in its region.`,
      )
    }
    if (JSON.stringify(facts.of(bucket).notifications) === JSON.stringify(rules)) return
    for (const queueArn of new Set(rules.map((rule) => rule.queueArn))) {
      await queues.send(queueArn, testMessage(bucket))
    }
    facts.change(bucket, { notifications: [...rules] })
  }

  /**
   * Reports a new object. Only puts to a bucket with notifications wait, until the message is kept, so that a kill
   * after the put's answer loses none.
   */
  objectCreated(event: ObjectCreated): Promise<void> | undefined {
    const rules = this.#options.facts.of(event.bucket).notifications.filter((rule) => coversCreated(rule, event.key))
    if (rules.length === 0) return undefined
    if (this.#closed) throw new AnswerLost()
    const reporting = this.#report(event, rules).finally(() => this.#underWay.delete(reporting))
    this.#underWay.add(reporting)
    return reporting
  }

  /** Waits for the messages under way. Later puts to buckets with notifications are not acknowledged. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#underWay)
  }

  async #report(event: ObjectCreated, rules: readonly QueueNotification[]): Promise<void> {
    const { facts, queues, onFault } = this.#options
    for (const rule of rules) {
      // Formed now, so that a held message keeps the order and time of its event.
      const body = createdMessage(event, { ...facts.of(event.bucket), id: rule.id })
      await this.faults
        .pass(async () => {
          if (this.#maySend(event.bucket, rule.queueArn)) return queues.send(rule.queueArn, body)
          throw new Error(`S3 may not send messages of the bucket ${event.bucket} to ${rule.queueArn}`)
        })
        .catch(onFault)
    }
  }

  #maySend(bucket: string, queueArn: string): boolean {
    const { facts, queues, decide } = this.#options
    const keys = { 'aws:sourcearn': `arn:aws:s3:::${bucket}`, 'aws:sourceaccount': facts.of(bucket).owner }
    const request = { caller: 's3.amazonaws.com', action: 'sqs:SendMessage', resource: queueArn, keys }
    return queues.has(queueArn) && decide(request)
  }
}

import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns'
import { inShell } from '../in-shell.ts'

/** Who gets the mails of alarms. */
export interface AlarmMails {
  readonly topicArn: string
  /** Subscriptions of any kind that work. */
  readonly confirmed: number
  /** Addresses that have not opened the link in the first mail, and get no other. */
  readonly unconfirmed: readonly string[]
}

/**
 * What SNS says in place of an ARN until the address is confirmed.
 * https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
const pending = 'PendingConfirmation'

/** Asks SNS who is told of alarms. @throws as the client does */
export async function readAlarmMails(sns: SNSClient, topicArn: string): Promise<AlarmMails> {
  let confirmed = 0
  const unconfirmed: string[] = []
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client: sns },
    { TopicArn: topicArn },
  )) {
    for (const { SubscriptionArn, Endpoint = 'an address' } of Subscriptions) {
      if (SubscriptionArn === pending) unconfirmed.push(Endpoint)
      else confirmed++
    }
  }
  return { topicArn, confirmed, unconfirmed }
}

/** What a person has to do so that alarms reach somebody; nothing when they do. */
export function alarmMailsText({ topicArn, confirmed, unconfirmed }: AlarmMails): string[] {
  if (unconfirmed.length > 0) {
    const again = unconfirmed.map(
      (address) =>
        `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint ${inShell(address)}`,
    )
    return [
      `Alarms do not reach ${unconfirmed.join(', ')}: nobody has opened the link in the first mail from AWS. To send it again: ${again.join('; ')}`,
    ]
  }
  return confirmed > 0 ? [] : ['Alarms tell nobody: write addresses into alarms.emails of the settings, and deploy.']
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { SNSClient } from '@aws-sdk/client-sns'
import { expect, onTestFinished, test } from 'vitest'
import { alarmMailsText, readAlarmMails } from '../../../cli/status/alarm-mails.ts'
import { listenOnLoopback } from '../../../simulators/shared/loopback-server.ts'

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:AuditLake-AlarmTopic'

interface Subscription {
  readonly address: string
  readonly isConfirmed: boolean
}

/** Speaks SNS's protocol for one operation, with a page for each subscription. */
async function snsWith(subscriptions: readonly Subscription[]): Promise<SNSClient> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = new URLSearchParams(await text(request))
    expect(asked.get('Action')).toBe('ListSubscriptionsByTopic')
    expect(asked.get('TopicArn')).toBe(topicArn)
    const at = Number(asked.get('NextToken') ?? 0)
    const one = subscriptions[at]
    const arn = one?.isConfirmed ? `${topicArn}:1234` : 'PendingConfirmation'
    const member =
      one === undefined
        ? ''
        : `<member><SubscriptionArn>${arn}</SubscriptionArn><Endpoint>${one.address}</Endpoint></member>`
    const next = at + 1 < subscriptions.length ? `<NextToken>${at + 1}</NextToken>` : ''
    response.setHeader('content-type', 'text/xml')
    response.end(
      `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions>${member}</Subscriptions>${next}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
    )
  }
  const { server, url } = await listenOnLoopback({}, (request, response) => void answer(request, response))
  onTestFinished(() => void server.close())
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new SNSClient({ region: 'eu-west-1', endpoint: url, credentials })
  onTestFinished(() => client.destroy())
  return client
}

test('an address that did not confirm is named, with how to send the mail again', async () => {
  const sns = await snsWith([
    { address: 'on-call@example.com', isConfirmed: true },
    { address: "o'hara@example.com", isConfirmed: false },
  ])
  const mails = await readAlarmMails(sns, topicArn)
  expect(mails).toEqual({ topicArn, confirmed: 1, unconfirmed: ["o'hara@example.com"] })
  expect(alarmMailsText(mails)).toEqual([
    `Alarms do not reach o'hara@example.com: nobody has opened the link in the first mail from AWS. To send it again: aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint 'o'\\''hara@example.com'`,
  ])
})

test('alarms that tell nobody are said to', async () => {
  expect(alarmMailsText(await readAlarmMails(await snsWith([]), topicArn))).toEqual([
    'Alarms tell nobody: write addresses into alarms.emails of the settings, and deploy.',
  ])
})

test('nothing is said when everybody has confirmed', async () => {
  const sns = await snsWith([{ address: 'on-call@example.com', isConfirmed: true }])
  expect(alarmMailsText(await readAlarmMails(sns, topicArn))).toEqual([])
})

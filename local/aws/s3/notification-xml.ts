import { randomUUID } from 'node:crypto'
import { notImplemented } from '../store.ts'
import type { QueueNotification } from './bucket-facts.ts'
import { malformed, type ParsedElement } from './parse-xml.ts'
import type { Element } from './xml.ts'

/**
 * Reads the notifications of a request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 * @throws {ServiceError} 501 for another destination than a queue, 400 for another form
 */
export function readNotifications({ name, children }: ParsedElement): QueueNotification[] {
  if (name !== 'NotificationConfiguration') throw malformed()
  return children.map((rule) => {
    if (rule.name !== 'QueueConfiguration') throw notImplemented(`${rule.name}: buckets notify queues only`)
    const all = (wanted: string) => rule.children.filter((one) => one.name === wanted).map(({ text }) => text)
    const [queueArn = ''] = all('Queue')
    const [id = randomUUID()] = all('Id')
    const filter = (wanted: 'prefix' | 'suffix') => filterValue(rule, wanted)
    return { id, queueArn, events: all('Event'), prefix: filter('prefix'), suffix: filter('suffix') }
  })
}

/** The value of a filter, empty without one. */
function filterValue(rule: ParsedElement, wanted: string): string {
  const inside = (elements: readonly ParsedElement[], name: string) =>
    elements.filter((one) => one.name === name).flatMap(({ children }) => children)
  const filters = inside(inside(rule.children, 'Filter'), 'S3Key').filter((one) => one.name === 'FilterRule')
  const member = ({ children }: ParsedElement, name: string) => children.find((one) => one.name === name)?.text ?? ''
  const found = filters.find((one) => member(one, 'Name').toLowerCase() === wanted)
  return found ? member(found, 'Value') : ''
}

/** The notifications as S3 answers them. */
export function notificationElements(rules: readonly QueueNotification[]): Element[] {
  return rules.map(({ id, queueArn, events, prefix, suffix }) => {
    const filters = Object.entries({ Prefix: prefix, Suffix: suffix }).filter(([, value]) => value !== '')
    const filterRules = filters.map(
      ([name, value]): Element => [
        'FilterRule',
        [
          ['Name', name],
          ['Value', value],
        ],
      ],
    )
    const filter: Element[] = filterRules.length > 0 ? [['Filter', [['S3Key', filterRules]]]] : []
    const content: Element[] = [['Id', id], ['Queue', queueArn], ...events.map((event): Element => ['Event', event])]
    return ['QueueConfiguration', [...content, ...filter]]
  })
}

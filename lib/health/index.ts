import { Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { recoveryOption } from '../../lambdas/connectors/manifest.ts'
import { type AlarmId, alarmIds, alarmPlan } from '../../settings/alarm-plan.ts'
import type { Config, SourceSettings } from '../../settings/settings.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import { NodeFunction } from '../node-function.ts'
import { addAlarm, type Watched } from './alarm.ts'
import type { AlarmTopic } from './alarm-topic.ts'
import { HealthDashboard } from './dashboard.ts'

export interface HealthProps {
  /** Told of every alarm. */
  readonly topic: AlarmTopic
  readonly alarms: Config['alarms']
  readonly sources: readonly SourceSettings[]
  readonly api: HttpApi
  /** The queues whose messages become rows, by the names that alarms give them. */
  readonly queues: ReadonlyMap<string, Queue>
  /** The queues whose messages are archived, the same way: what stays in one is dropped after 14 days. */
  readonly deadLetters: ReadonlyMap<string, Queue>
  readonly janitor: NodeFunction
  /** The functions without which events are lost, or late, when Lambda has no room. */
  readonly urgent: readonly NodeFunction[]
}

/** Alarms of the stack whose metrics have a dimension of AWS's own. */
const ofServices = new Set<AlarmId>(['api-errors', 'janitor-silent'])

/** The alarms of the stack and its sources. */
export class Health extends Construct {
  private readonly topic: AlarmTopic

  constructor(scope: Construct, id: string, props: HealthProps) {
    super(scope, id)
    this.topic = props.topic
    const { alarms, sources, queues, deadLetters, api, janitor, urgent } = props
    for (const source of sources) this.addSourceAlarms({ noEventsHours: alarms.noEventsHours, ...source })
    for (const [name, { queueName }] of [...queues, ...deadLetters]) {
      this.add('queue-age', { name, dimensions: { QueueName: queueName } })
    }
    const functions = Stack.of(this)
      .node.findAll()
      .filter((one) => one instanceof NodeFunction)
    if (alarms.dashboard) new HealthDashboard(this, 'Dashboard', { sources, api, queues, functions })
    this.addOfFunctions('function-errors', functions)
    this.addOfFunctions('throttles', urgent)
    this.add('api-errors', { dimensions: { ApiId: api.apiId } })
    this.add('janitor-silent', { dimensions: { FunctionName: janitor.function.functionName } })
    const others = alarmIds.filter((kind) => alarmPlan[kind].of === 'stack' && !ofServices.has(kind))
    for (const kind of others) this.add(kind)
  }

  private addSourceAlarms({ id: name, type, options, noEventsHours: hours = 0 }: SourceSettings): void {
    const dimensions = { source: name }
    const facts = sourceTypes.get(type)
    const isFetched = facts?.mode !== 'webhook'
    if (hours > 0) this.add('no-events', { name, dimensions, threshold: hours })
    this.add('credential', { name, dimensions })
    // Webhooks come by themselves; what fetches for them is the recovery of failed ones.
    if (isFetched || options[recoveryOption] !== undefined) this.add('failing', { name, dimensions })
    // Messages say when there is something to read in a bucket of ours.
    if (facts?.mode === 'poll' || (facts?.mode === 'stream' && facts.store === 'gcs'))
      this.add('behind', { name, dimensions })
  }

  private addOfFunctions(kind: AlarmId, functions: readonly NodeFunction[]): void {
    for (const { node, function: called } of functions) {
      // Without the stack, whose name the alarm's name begins with.
      const name = node.path.split('/').slice(1).join(' ')
      this.add(kind, { name, dimensions: { FunctionName: called.functionName } })
    }
  }

  private add(kind: AlarmId, watched: Watched = {}): void {
    addAlarm(this, [kind, watched.name ?? ''].filter(Boolean).join(' '), kind, this.topic, watched)
  }
}

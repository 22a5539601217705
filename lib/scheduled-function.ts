import { Aws, Duration, Stack } from 'aws-cdk-lib'
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { NodeFunction, type NodeFunctionProps } from './node-function.ts'

export interface ScheduledFunctionProps extends NodeFunctionProps {
  /** Whole minutes. */
  readonly every: Duration
}

/** A tick older than this is dropped: the next one does its work. The shortest age that the scheduler takes. */
const MAX_TICK_AGE = Duration.seconds(60)

/**
 * A function that runs again and again. A tick that fails, or finds no room in the account, is not repeated: ticks never
 * pile up, neither at the scheduler nor in the queue that Lambda keeps for events nobody waits for.
 */
export class ScheduledFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { every, ...props }: ScheduledFunctionProps) {
    super(scope, id, props)
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: MAX_TICK_AGE })
    const { functionArn } = this.function
    const role = new Role(this, 'ScheduleRole', {
      // Only schedules of this account and of the group that they all belong to.
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Aws.ACCOUNT_ID,
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: 'default',
            }),
          },
        },
      }),
    })
    const grant = Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [functionArn],
    })
    // CDK's own target for functions would let the role call every version and alias as well.
    const schedule = new Schedule(this, 'Schedule', {
      description: props.description,
      schedule: ScheduleExpression.rate(every),
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          input: ScheduleTargetInput.fromObject({}),
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_TICK_AGE.toSeconds() },
        }),
      },
    })
    grant.applyBefore(schedule)
  }
}

import { Aws, Duration, Stack } from 'aws-cdk-lib'
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import type { NodeFunction } from '../node-function.ts'

/** Older ticks are dropped, because the next one does their work. The scheduler's minimum. */
const MAX_TICK_AGE = Duration.seconds(60)

/**
 * Calls functions on a schedule, all with one role, because a role for each would take two more of the 500 resources of
 * a stack. A tick that fails is not retried, and one that is throttled is dropped a minute later, so ticks never pile
 * up, neither at the scheduler nor in Lambda's queue for asynchronous events.
 */
export class Ticker extends Construct {
  private readonly role: Role

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.role = new Role(this, 'Role', {
      // Only schedules of this account and group may assume the role.
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
  }

  /**
   * Calls a function from now on.
   * @param every whole minutes
   */
  call(called: NodeFunction, description: string, every: Duration): void {
    called.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: MAX_TICK_AGE })
    const { functionArn } = called.function
    const grant = Grant.addToPrincipal({
      grantee: this.role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [functionArn],
    })
    // CDK's own target for functions would also let the role call every version and alias.
    const schedule = new Schedule(called, 'Schedule', {
      description,
      schedule: ScheduleExpression.rate(every),
      target: {
        bind: () => ({
          arn: functionArn,
          role: this.role,
          input: ScheduleTargetInput.fromObject({}),
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_TICK_AGE.toSeconds() },
        }),
      },
    })
    grant.applyBefore(schedule)
  }
}

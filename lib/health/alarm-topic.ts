import { Stack } from 'aws-cdk-lib'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/** Tells people when an alarm begins and ends. */
export class AlarmTopic extends Topic {
  /** @param emails addresses, each of which confirms the first mail that AWS sends */
  constructor(scope: Construct, id: string, emails: readonly string[]) {
    super(scope, id, { displayName: Stack.of(scope).stackName, enforceSSL: true })
    // A policy of its own replaces the one that lets the services of the account publish.
    this.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    for (const address of emails) this.addSubscription(new EmailSubscription(address))
  }
}

import { Duration, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct, IConstruct } from 'constructs'
import { PrivateBucket } from './private-bucket.ts'

/** Where things lie in the bucket, each under a prefix of its own with its own time to live. */
export const opsPrefixes = {
  accessLogs: 'access-logs/',
  athenaResults: 'athena-results/',
  /** Rows that were too long for a message, which then only points to them. */
  claims: 'claims/',
  /** Messages that a queue did not take and the janitor still has to send. Deleted when sent, never by age. */
  unsent: 'unsent/',
  /** Of each polled source: how far it has been fetched, and jobs. Never deleted by age. */
  state: 'state/',
  /** Messages that could not be written. Nothing deletes them but people. */
  deadLetters: 'dead/',
} as const

/** What the commands need to know of the stack; the janitor keeps it up to date. */
const stackFacts = 'stack.json'

/** Far beyond the two weeks that a message can live, so that none outlives what it points to. */
const CLAIM_TIME = Duration.days(60)

/** Everything that the pipeline keeps beside the lake itself. */
export class OpsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [
        { prefix: opsPrefixes.accessLogs, expiration: Duration.days(90) },
        { prefix: opsPrefixes.athenaResults, expiration: Duration.days(7) },
        { prefix: opsPrefixes.claims, expiration: CLAIM_TIME },
      ],
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'This bucket takes the access logs; logging its own accesses into itself would never come to an end.',
    })
  }

  /** Lets a function put aside what does not fit into a message, and what no queue takes. */
  grantPutAside(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:PutObject'])
    this.grantBelow(grantee, opsPrefixes.unsent, ['s3:PutObject'])
  }

  /** Lets a function fetch what did not fit into a message. */
  grantReadClaims(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:GetObject'])
    this.grantListing(grantee, `${opsPrefixes.claims}*`)
  }

  /** Lets a function keep the state of its own source, and work on the jobs that people leave there. */
  grantState(grantee: IGrantable & IConstruct, sourceId: string): void {
    const folder = `${opsPrefixes.state}${sourceId}/`
    this.grantBelow(grantee, folder, ['s3:GetObject', 's3:PutObject'])
    this.grantBelow(grantee, `${folder}jobs/open/`, ['s3:DeleteObject'])
    this.grantListing(grantee, `${folder}*`)
  }

  /**
   * Lets a function take what was put aside because no queue took it, put aside what is too long for a message when it
   * sends it again, and publish what the commands need to know of the stack.
   */
  grantUpkeep(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.unsent, ['s3:GetObject', 's3:DeleteObject'])
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:PutObject'])
    const actions = ['s3:GetObject', 's3:PutObject']
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(stackFacts)] })
    this.grantListing(grantee, `${opsPrefixes.unsent}*`, stackFacts)
  }
}

import { Duration } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct, IConstruct } from 'constructs'
import { PrivateBucket } from './private-bucket.ts'

/** The prefixes of the bucket, each with its own retention. */
export const opsPrefixes = {
  accessLogs: 'access-logs/',
  athenaResults: 'athena-results/',
  /** Messages too long for the queue, which holds pointers to them. */
  claims: 'claims/',
  /** Messages whose rows resolve failures. Only functions that have recovered something may write them. */
  resolutions: 'resolutions/',
  /** Messages that a queue did not accept and the janitor resends. Deleted once sent, never by age. */
  unsent: 'unsent/',
  /** State and jobs of sources that are fetched. Never deleted by age, except what a stream has read. */
  state: 'state/',
  /** Tries of people to give a credential by consent. */
  oauth: 'oauth/',
  /** Dead letters. Only operators delete them. */
  deadLetters: 'dead/',
} as const

/** What one function stores and another must find as it was. */
const writeOnce = [opsPrefixes.claims, opsPrefixes.resolutions, opsPrefixes.unsent, opsPrefixes.deadLetters]

/** What the janitor keeps: the stack's facts for the commands, and since when the retention holds. */
const ofJanitor = ['stack.json', 'retention.json']

/** Far beyond the two weeks that SQS keeps a message, so that no pointer outlives its object. */
const CLAIM_TIME = Duration.days(60)

/** How long is known which objects of a stream were read: well beyond the eight days that its listings look back. */
const MARK_TIME = Duration.days(15)

/** An attempt lasts 20 minutes at most; the shortest time that S3 knows. */
const ATTEMPT_TIME = Duration.days(1)

/** The bucket for everything but the lake. */
export class OpsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      writeOnce,
      lifecycleRules: [
        { prefix: opsPrefixes.accessLogs, expiration: Duration.days(90) },
        { prefix: opsPrefixes.athenaResults, expiration: Duration.days(7) },
        { prefix: opsPrefixes.claims, expiration: CLAIM_TIME },
        { prefix: opsPrefixes.resolutions, expiration: CLAIM_TIME },
        { prefix: opsPrefixes.oauth, expiration: ATTEMPT_TIME },
      ],
    })
  }

  /** Lets a function store messages that are too long for the queue or that it did not accept. */
  grantPutAside(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:PutObject'])
    this.grantBelow(grantee, opsPrefixes.unsent, ['s3:PutObject'])
  }

  /** Lets a function resolve failures, because it has recovered what had failed. */
  grantResolve(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.resolutions, ['s3:PutObject'])
  }

  /** Lets a function read messages that the queue holds only pointers to. */
  grantReadClaims(grantee: IGrantable & IConstruct): void {
    const prefixes = [opsPrefixes.claims, opsPrefixes.resolutions]
    for (const prefix of prefixes) this.grantBelow(grantee, prefix, ['s3:GetObject'])
    this.grantListing(grantee)
  }

  /** Lets a function keep the state of its own source, and work on the jobs there. */
  grantState(grantee: IGrantable & IConstruct, sourceId: string): void {
    const folder = `${opsPrefixes.state}${sourceId}/`
    this.grantBelow(grantee, folder, ['s3:GetObject', 's3:PutObject'])
    this.grantBelow(grantee, `${folder}jobs/open/`, ['s3:DeleteObject'])
    this.grantListing(grantee)
  }

  /** Lets a function keep the state of its own stream, note which objects it has read, and work on the jobs there. */
  grantStreamState(grantee: IGrantable & IConstruct, sourceId: string): void {
    const folder = `${opsPrefixes.state}${sourceId}/`
    this.addLifecycleRule({ prefix: `${folder}read/`, expiration: MARK_TIME })
    this.grantState(grantee, sourceId)
  }

  /** Lets a function keep the state of a source's recovery, and note itself beside it. */
  grantRecoveryState(grantee: IGrantable, sourceId: string): void {
    const folder = `${opsPrefixes.state}${sourceId}/`
    const resourceArns = ['recovery.json', 'function.json'].map((name) => this.arnForObjects(`${folder}${name}`))
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject', 's3:PutObject'], resourceArns })
    this.grantListing(grantee)
  }

  /** Lets a function keep the tries of people to give a credential by consent. */
  grantAttempts(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.oauth, ['s3:GetObject', 's3:PutObject'])
  }

  /**
   * Lets a function resend the stored messages that no queue accepted, store those that are too long, and publish the
   * stack's facts.
   */
  grantUpkeep(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.unsent, ['s3:GetObject', 's3:DeleteObject'])
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:PutObject'])
    const actions = ['s3:GetObject', 's3:PutObject']
    Grant.addToPrincipal({ grantee, actions, resourceArns: ofJanitor.map((key) => this.arnForObjects(key)) })
    this.grantListing(grantee)
  }
}

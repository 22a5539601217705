import { Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct, IConstruct } from 'constructs'
import { opsPlan, opsPrefixes, streamMarks } from '../../settings/bucket-plan.ts'
import { PrivateBucket } from './private-bucket.ts'

/**
 * What the janitor keeps: the stack's facts for the commands, since when the retention holds, and what it knew of
 * sources.
 */
const ofJanitor = ['stack.json', 'retention.json', 'health.json']

/** The bucket for everything but the lake. */
export class OpsBucket extends PrivateBucket {
  /** @param existing name of a bucket that an earlier stack left; a bucket is made without it */
  constructor(scope: Construct, id: string, existing?: string) {
    super(scope, id, { existing, plan: opsPlan })
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
    this.addExpiration(streamMarks(sourceId))
    this.grantState(grantee, sourceId)
  }

  /** Lets a function keep the state of a source's recovery, and note itself beside it. */
  grantRecoveryState(grantee: IGrantable, sourceId: string): void {
    const folder = `${opsPrefixes.state}${sourceId}/`
    const resourceArns = ['recovery.json', 'function.json'].map((name) => this.arnForObjects(`${folder}${name}`))
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject', 's3:PutObject'], resourceArns })
    this.grantListing(grantee)
  }

  /** Lets the writer note when the newest event of a webhook source was received. It may list already. */
  grantReceiptNotes(grantee: IGrantable & IConstruct): void {
    const pattern = `${opsPrefixes.state}*/received.json`
    const actions = ['s3:GetObject', 's3:PutObject']
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.arnForObjects(pattern)] })
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.nagName}/${pattern}]`,
      reason: 'One object for each source, of this one name; sources come and go without the writer.',
    })
  }

  /** Lets a function count the rejected requests of its own sources. */
  grantRejections(grantee: IGrantable, sourceIds: readonly string[]): void {
    const resourceArns = sourceIds.map((id) => this.arnForObjects(`${opsPrefixes.state}${id}/rejected.json`))
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject', 's3:PutObject'], resourceArns })
  }

  /** Lets a function keep the tries of people to give a credential by consent. */
  grantAttempts(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.oauth, ['s3:GetObject', 's3:PutObject'])
  }

  /**
   * Lets a function resend the stored messages that no queue accepted, store those that are too long, see to what
   * merges left, and publish the stack's facts.
   */
  grantUpkeep(grantee: IGrantable & IConstruct): void {
    this.grantBelow(grantee, opsPrefixes.unsent, ['s3:GetObject', 's3:DeleteObject'])
    this.grantBelow(grantee, opsPrefixes.claims, ['s3:PutObject'])
    this.grantBelow(grantee, opsPrefixes.merges, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'])
    this.grantBelow(grantee, opsPrefixes.corrupt, ['s3:GetObject'])
    // It measures the health of every source.
    this.grantBelow(grantee, opsPrefixes.state, ['s3:GetObject'])
    const actions = ['s3:GetObject', 's3:PutObject']
    Grant.addToPrincipal({ grantee, actions, resourceArns: ofJanitor.map((key) => this.arnForObjects(key)) })
    this.grantListing(grantee)
  }
}

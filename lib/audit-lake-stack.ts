import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { LogSchema } from '../schemas/definition.ts'
import { Delivery } from './delivery/index.ts'
import { Intake } from './intake/index.ts'
import { Lake } from './lake/index.ts'
import { OpsBucket } from './ops-bucket.ts'
import type { Config } from './settings-schema.ts'

export interface AuditLakeStackProps extends StackProps {
  readonly config: Config
  /** Log types that get a table. */
  readonly schemas: readonly LogSchema[]
}

/** The whole pipeline: intake publishes to delivery, delivery writes into the lake. */
export class AuditLakeStack extends Stack {
  constructor(scope: Construct, id: string, { config, schemas, ...props }: AuditLakeStackProps) {
    super(scope, id, props)
    const { retentionDays } = config
    const opsBucket = new OpsBucket(this, 'OpsBucket')
    const lake = new Lake(this, 'Lake', { schemas, retentionDays, opsBucket })
    const delivery = new Delivery(this, 'Delivery', { lake, retentionDays, ...config.delivery })
    new Intake(this, 'Intake', { sources: config.sources, delivery })
    new CfnOutput(this, 'OpsBucketName', { value: opsBucket.bucketName })
  }
}

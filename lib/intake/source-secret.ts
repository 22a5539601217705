import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { CfnSecret, Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { sourceName } from '../../settings/source-names.ts'

export interface SourceSecretProps {
  readonly sourceId: string
  /** The end of its logical id. @default 'Secret' */
  readonly name?: 'Secret' | 'RecoverySecret'
  /** Purpose of the secret, shown in the console. */
  readonly purpose: string
  /** How CloudFormation generates the value; without it the secret is empty until the operator stores one. */
  readonly generate?: SecretStringGenerator
  /** Why there is no automatic rotation. */
  readonly whyNotRotated: string
}

/** The secret of a source. It outlives the stack, and its logical id depends on the source's id alone. */
export class SourceSecret extends Construct {
  readonly arn: string

  constructor(scope: Construct, id: string, { sourceId, name = 'Secret', ...props }: SourceSecretProps) {
    super(scope, id)
    const { purpose, generate, whyNotRotated } = props
    const secret = new Secret(this, 'Secret', {
      description: `AuditLake: secret that source ${sourceId} ${purpose}`,
      ...(generate && { generateSecretString: generate }),
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const resource = secret.node.defaultChild
    if (!(resource instanceof CfnSecret)) throw new Error(`${secret.node.path} has no resource of its own`)
    // CDK generates a value by default, which would be sent to the provider.
    if (!generate) resource.addPropertyDeletionOverride('GenerateSecretString')
    resource.overrideLogicalId(sourceName(sourceId, name))
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: whyNotRotated })
    this.arn = secret.secretArn
  }
}

/** An output of the stack with exactly this name. */
export function sourceOutput(scope: Construct, name: string, value: string, description: string): void {
  new CfnOutput(scope, name, { value, description }).overrideLogicalId(name)
}

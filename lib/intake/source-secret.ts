import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { CfnSecret, Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { asciiLabel, asciiText } from '../../settings/ascii.ts'
import type { Config, SourceSettings } from '../../settings/settings.ts'
import { sourceName } from '../../settings/source-names.ts'
import { leftSecretArn, type SecretThing } from '../../settings/source-secrets.ts'

export interface SourceSecretProps {
  readonly sourceId: string
  /** The secrets that an earlier stack left. */
  readonly secretArns: Config['secretArns']
  /** The end of its logical id. @default 'Secret' */
  readonly name?: SecretThing
  /** Purpose of the secret, shown in the console. */
  readonly purpose: string
  /** How CloudFormation generates the value; without it the secret is empty until the operator stores one. */
  readonly generate?: SecretStringGenerator
  /** Why there is no automatic rotation. */
  readonly whyNotRotated: string
}

/**
 * The secret of a source: one that an earlier stack left, or a new one. It outlives the stack, except a creation that
 * fails, and its logical id depends on the source's id alone.
 */
export class SourceSecret extends Construct {
  readonly arn: string

  constructor(scope: Construct, id: string, props: SourceSecretProps) {
    super(scope, id)
    const { sourceId, name = 'Secret' } = props
    this.arn = leftSecretArn(props, sourceId, name) ?? this.addSecret(sourceName(sourceId, name), props)
  }

  private addSecret(logicalId: string, { sourceId, ...props }: SourceSecretProps): string {
    const { purpose, generate, whyNotRotated } = props
    const secret = new Secret(this, 'Secret', {
      description: asciiText(`AuditLake: secret that source ${sourceId} ${purpose}`),
      ...(generate && { generateSecretString: generate }),
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    })
    const resource = secret.node.defaultChild
    if (!(resource instanceof CfnSecret)) throw new Error(`${secret.node.path} has no resource of its own`)
    // CDK generates a value by default, which would be sent to the provider.
    if (!generate) resource.addPropertyDeletionOverride('GenerateSecretString')
    resource.overrideLogicalId(logicalId)
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: whyNotRotated })
    return secret.secretArn
  }
}

export interface CredentialProps {
  readonly source: Pick<SourceSettings, 'id' | 'label'>
  /** The secrets that an earlier stack left. */
  readonly secretArns: Config['secretArns']
  /** What the operator puts in. */
  readonly credential: string
  /** The end of its logical id. @default 'Secret' */
  readonly name?: SecretThing
  /** What the source does with it. @default 'uses with its provider' */
  readonly purpose?: string
  /** For whom or what it is put in. @default for the source's label */
  readonly beneficiary?: string
}

/** A secret into which people put a credential of a provider, with an output that says what and where. */
export class Credential extends SourceSecret {
  constructor(scope: Construct, id: string, props: CredentialProps) {
    const { source, secretArns, credential, name = 'Secret', purpose = 'uses with its provider' } = props
    super(scope, id, {
      sourceId: source.id,
      secretArns,
      name,
      purpose: `${purpose}: ${credential}`,
      whyNotRotated: 'The provider gives the credential out to people, who put it in; nothing here could renew it.',
    })
    const { beneficiary = `for ${asciiLabel(source)}` } = props
    sourceOutput(this, sourceName(source.id, `${name}Arn`), this.arn, `Put here, ${beneficiary}: ${credential}`)
  }

  /** Lets a function read it. */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns: [this.arn] })
  }

  /** Lets a function replace it, without reading it. */
  grantReplace(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['secretsmanager:PutSecretValue'], resourceArns: [this.arn] })
  }
}

/** An output of the stack with exactly this name. */
export function sourceOutput(scope: Construct, name: string, value: string, description: string): void {
  new CfnOutput(scope, name, { value, description: asciiText(description) }).overrideLogicalId(name)
}

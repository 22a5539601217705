import { CfnOIDCProvider } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'

/** The identity providers by which roles trust providers of logs: an account can have only one for each address. */
export class IdentityProviders extends Construct {
  private readonly made = new Map<string, CfnOIDCProvider>()

  /**
   * The ARN of the identity provider for an address, made with the first call.
   * @param url https address of the issuer, without a slash at its end
   */
  arnOf(url: string, audience: string): string {
    const known = this.made.get(url)
    if (known) return known.attrArn
    // Without a thumbprint: IAM then checks the certificate against its own authorities.
    const made = new CfnOIDCProvider(this, new URL(url).host, { url, clientIdList: [audience] })
    this.made.set(url, made)
    return made.attrArn
  }
}

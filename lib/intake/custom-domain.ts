import { CfnOutput } from 'aws-cdk-lib'
import {
  ApiMapping,
  DomainName,
  EndpointType,
  type HttpApi,
  type IStage,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { Construct } from 'constructs'
import { customDomainUrl } from '../../settings/custom-domain.ts'
import type { CustomDomain } from '../../settings/settings.ts'

export interface ApiDomainProps {
  readonly api: HttpApi
  readonly stage: IStage
  readonly domain: CustomDomain
}

/**
 * A domain name of the operator's in front of the API, so that URLs outlive it. The API keeps its own name as well,
 * because providers may still send there. The DNS record is the operator's: the zone may belong to another
 * account.
 */
export class ApiDomain extends Construct {
  /** Base URL, without a slash at its end. */
  readonly url: string

  constructor(scope: Construct, id: string, { api, stage, domain }: ApiDomainProps) {
    super(scope, id)
    const domainName = new DomainName(this, 'Name', {
      domainName: domain.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    })
    new ApiMapping(this, 'Mapping', { api, domainName, stage })
    this.url = customDomainUrl(domain)
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name)
    output('CustomDomainTarget', domainName.regionalDomainName, `Target of the DNS record for ${domain.domainName}`)
    output(
      'CustomDomainZoneId',
      domainName.regionalHostedZoneId,
      'Hosted zone of that target, for an alias in Route 53',
    )
  }
}

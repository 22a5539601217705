import { TemplateError } from '../template.ts'
import { alarm } from './alarm.ts'
import { bucket, bucketPolicy } from './bucket.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import { eventInvokeConfig, lambdaFunction, permission } from './function.ts'
import { databaseValues, tableValues } from './glue.ts'
import { api, apiMapping, domainName, integration, route, stage } from './http-api.ts'
import { identityProvider } from './identity-provider.ts'
import { logGroup, metricFilter } from './log-group.ts'
import { queue } from './queue.ts'
import { policy, resourcePolicy, role } from './role.ts'
import { schedule } from './schedule.ts'
import { secret } from './secret.ts'
import type { ResourceKind } from './site.ts'
import { topic } from './topic.ts'
import { accessKey, user } from './user.ts'

/** Resources that exist only by name, because nothing here acts on them. */
const namedBy =
  (property: string): ResourceKind =>
  (declared) => ({ ref: declared.physicalName(property), attributes: {} })

const kinds: Readonly<Record<string, ResourceKind>> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::ApiMapping': apiMapping,
  'AWS::ApiGatewayV2::DomainName': domainName,
  'AWS::ApiGatewayV2::Integration': integration,
  'AWS::ApiGatewayV2::Route': route,
  'AWS::ApiGatewayV2::Stage': stage,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::Glue::Database': databaseValues,
  'AWS::Glue::Table': tableValues,
  'AWS::IAM::AccessKey': accessKey,
  'AWS::IAM::ManagedPolicy': policy,
  'AWS::IAM::OIDCProvider': identityProvider,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::IAM::User': user,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': permission,
  'AWS::Logs::MetricFilter': metricFilter,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': resourcePolicy,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::SecretsManager::Secret': secret,
  // No local effect: logs are files, the gateway listens on the loopback only, DuckDB runs queries.
  'AWS::Athena::NamedQuery': namedBy('Name'),
  'AWS::Athena::WorkGroup': namedBy('Name'),
  'AWS::Logs::LogGroup': logGroup,
  // Nor is anybody told of alarms: the run's own list and the screen show them.
  'AWS::CloudWatch::Dashboard': namedBy('DashboardName'),
  'AWS::SNS::Subscription': namedBy('Name'),
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': namedBy('Name'),
}

/** @throws {TemplateError} when the local run does not know the type. */
export function kindOf(id: string, type: string): ResourceKind {
  const kind = kinds[type]
  if (kind !== undefined) return kind
  throw new TemplateError(
    `${id}: the local run does not know resources of type ${type}. Teach it in local/template/resources/kinds.ts, where types without a local effect are listed too.`,
  )
}

import { onTestFinished } from 'vitest'
import type { JsonObject } from '../../local/json.ts'
import { type LocalRun, startLocal } from '../../local/run.ts'
import { parseTemplate } from '../../local/template/template.ts'
import { temporaryFolder } from './clients.ts'
import { fixture } from './function-host.ts'

const resource = (Type: string, Properties: JsonObject): JsonObject => ({ Type, Properties })
const arnOf = (id: string): JsonObject => ({ 'Fn::GetAtt': [id, 'Arn'] })

/** A function that does what events ask for, behind an HTTP API with an access log, and a queue that nobody reads. */
const services: JsonObject = {
  Role: resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    },
  }),
  Function: resource('AWS::Lambda::Function', {
    FunctionName: 'behaviours',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Key: 'code.zip' },
    Role: arnOf('Role'),
    LoggingConfig: { LogGroup: { Ref: 'Logs' } },
  }),
  Logs: resource('AWS::Logs::LogGroup', { LogGroupName: 'logs-of-behaviours' }),
  AccessLogs: resource('AWS::Logs::LogGroup', {}),
  Api: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }),
  Stage: resource('AWS::ApiGatewayV2::Stage', {
    ApiId: { Ref: 'Api' },
    StageName: '$default',
    AccessLogSettings: {
      DestinationArn: {
        'Fn::Join': [
          ':',
          ['arn:aws:logs', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, 'log-group', { Ref: 'AccessLogs' }],
        ],
      },
      Format: '{"route":"$context.routeKey","status":"$context.status","ip":"$context.identity.sourceIp"}',
    },
  }),
  Integration: resource('AWS::ApiGatewayV2::Integration', {
    ApiId: { Ref: 'Api' },
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: arnOf('Function'),
    PayloadFormatVersion: '2.0',
  }),
  Route: resource('AWS::ApiGatewayV2::Route', {
    ApiId: { Ref: 'Api' },
    RouteKey: 'POST /{do}',
    Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
  }),
  Permission: resource('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: { Ref: 'Function' },
    Principal: 'apigateway.amazonaws.com',
  }),
  Dead: resource('AWS::SQS::Queue', { QueueName: 'dead' }),
  Work: resource('AWS::SQS::Queue', {
    QueueName: 'work',
    VisibilityTimeout: 0,
    RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 1 },
  }),
  Topic: resource('AWS::SNS::Topic', { TopicName: 'told' }),
  TopicPolicy: resource('AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }], PolicyDocument: {} }),
  Subscription: resource('AWS::SNS::Subscription', { TopicArn: { Ref: 'Topic' }, Protocol: 'email' }),
  Dashboard: resource('AWS::CloudWatch::Dashboard', {
    DashboardBody: { 'Fn::Join': ['', ['{"widgets":["', { Ref: 'Api' }, '"]}']] },
  }),
}

/**
 * What an alarm says beside its metric, unless a test says otherwise: it rings if anything was counted within an hour,
 * so that it does not matter whether a minute ends during the test.
 */
const anything: JsonObject = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  EvaluationPeriods: 1,
  Period: 3_600,
  Statistic: 'Sum',
  Threshold: 1,
  TreatMissingData: 'notBreaching',
}

/** An alarm of a metric. */
export const alarmResource = (
  Namespace: string,
  MetricName: string,
  dimensions: JsonObject = {},
  more: JsonObject = {},
): JsonObject => {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  return resource('AWS::CloudWatch::Alarm', { ...anything, Namespace, MetricName, Dimensions, ...more })
}

/** Runs the services with these resources; ends with the test. */
export async function runServices(resources: JsonObject): Promise<LocalRun> {
  const run = await startLocal({
    dataDir: await temporaryFolder(),
    simulators: false,
    assembly: {
      template: parseTemplate({ Resources: { ...services, ...resources } }),
      assetFolders: new Map([['code.zip', fixture('behaviours')]]),
    },
  })
  onTestFinished(() => run.stop())
  return run
}

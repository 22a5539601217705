import { type App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { loadTableSchemas } from '../schemas/compiler/load.ts'
import type { Config } from '../settings/settings.ts'
import { AuditLakeStack } from './audit-lake-stack.ts'

/** Adds the stack to an app, whose synthesis then fails on findings of cdk-nag's AWS Solutions rules. */
export function addAuditLake(app: App, config: Config): AuditLakeStack {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return new AuditLakeStack(app, 'AuditLake', {
    description: 'AuditLake: SaaS audit logs in your own account, queryable with Athena',
    // An audit log is not deleted by mistake.
    terminationProtection: true,
    config,
    schemas: loadTableSchemas(),
  })
}

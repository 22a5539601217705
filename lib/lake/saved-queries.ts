import { CfnNamedQuery } from 'aws-cdk-lib/aws-athena'
import type { Construct } from 'constructs'
import { loadSavedQueries, renderSavedQuery } from '../../schemas/compiler/saved-queries.ts'

export interface SavedQueriesProps {
  /** Name of the Glue database. */
  readonly database: string
  /** Name of the Athena workgroup. */
  readonly workgroup: string
}

/**
 * The questions of `schemas/queries`, in the console under "Saved queries", with the values that they have by default.
 */
export function addSavedQueries(scope: Construct, { database, workgroup }: SavedQueriesProps): void {
  for (const query of loadSavedQueries()) {
    new CfnNamedQuery(scope, query.name, {
      name: query.name,
      description: `${query.question} ${query.reason}`,
      database,
      workGroup: workgroup,
      queryString: renderSavedQuery(query),
    })
  }
}

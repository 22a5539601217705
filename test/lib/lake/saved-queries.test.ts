import { expect, test } from 'vitest'
import { loadSavedQueries, renderSavedQuery } from '../../../schemas/compiler/saved-queries.ts'
import { idOf, ofType, synthesize } from '../../support/synthesized.ts'

const { resources } = synthesize()

test('the workgroup has every saved query, with its defaults filled in', () => {
  const made = ofType(resources, 'AWS::Athena::NamedQuery').map(([, { Properties }]) => Properties)
  expect(made).toEqual(
    loadSavedQueries().map((query) => ({
      Name: query.name,
      Description: `${query.question} ${query.reason}`,
      Database: { Ref: idOf(resources, 'AWS::Glue::Database', 'Lake') },
      WorkGroup: { Ref: idOf(resources, 'AWS::Athena::WorkGroup', 'Lake') },
      QueryString: renderSavedQuery(query),
    })),
  )
})

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-athena-namedquery.html */
test('names, descriptions and statements are within the limits of Athena, and in ASCII', () => {
  for (const { name, question, reason, sql } of loadSavedQueries()) {
    expect(name.length).toBeLessThanOrEqual(128)
    expect(`${question} ${reason}`.length).toBeLessThanOrEqual(1_024)
    expect(sql.length).toBeLessThanOrEqual(262_144)
    expect(`${name}${question}${reason}${sql}`).toMatch(/^[\x20-\x7e\n]+$/)
  }
})

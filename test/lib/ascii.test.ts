import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { addAuditLake } from '../../lib/app.ts'
import { loadConfig } from '../../settings/load.ts'
import {
  appWithoutBundles,
  consentedSource,
  environmentOf,
  healingSource,
  ofType,
  synthesize,
  text,
} from '../support/synthesized.ts'

const label = 'Büro Zürich – “Straße” 組織 📓 👩🏽‍💻 \u202e…'
const shipped = loadConfig('audit-lake.yaml', { allowExamples: true })
const config = {
  ...shipped,
  sources: [...shipped.sources, healingSource, consentedSource].map((source) => ({ ...source, label })),
}
/** Where an address that the settings name stands in the template by itself. */
const elsewhere = {
  ...config,
  sources: config.sources.map((source) => ({
    ...source,
    options: { ...source.options, apiUrl: 'https://büro.example/é' },
  })),
}

test.each([
  ['the shipped settings', shipped],
  ['labels with accents, emoji and other scripts', config],
  ['addresses beyond ASCII', elsewhere],
])('the template is ASCII: %s', (_, settings) => {
  const template = JSON.stringify(Template.fromStack(addAuditLake(appWithoutBundles(), settings)).toJSON(), null, 1)
  expect(template.split('\n').filter((line) => /\P{ASCII}/u.test(line))).toEqual([])
})

test('every function of a source reads the label as the settings have it', () => {
  const { resources } = synthesize(config)
  const variables = ofType(resources, 'AWS::Lambda::Function').flatMap(([, { Properties }]) =>
    Object.entries(environmentOf(Properties)),
  )
  const labels = (name: string) =>
    variables.flatMap(([variable, value]) => (variable === name ? [JSON.parse(text(value))] : []))
  expect(labels('SOURCE').map((source) => source.label)).toEqual(Array(8).fill(label))
  expect(labels('SOURCES').flatMap((sources) => Object.values(sources))).toEqual(
    Array(3).fill(expect.objectContaining({ label })),
  )
  expect(labels('STACK').flatMap(({ sources }) => Object.values(sources))).toEqual(
    config.sources.map(() => expect.objectContaining({ label })),
  )
})

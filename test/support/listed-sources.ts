/** A stream that is read with the key of a service account, and one that is read by a trusted role. */
export const byKey = 'listed-by-key'
export const byTrust = 'listed-by-trust'

/** The provider of a pool of workload identities that the second one names. */
export const audience =
  '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/audit-lake/providers/audit-lake-aws'

const common = {
  type: 'github-audit-stream-gcs',
  label: 'Test',
  bucket: 'example-audit-log',
  // No server answers there: a test that needs the source gives it another address.
  apiUrl: 'http://127.0.0.1:9',
}

/** Streams into Google Cloud Storage, in the settings that all tests of polling share. */
export const listedSources = [
  { id: byKey, ...common },
  {
    id: byTrust,
    ...common,
    audience,
    serviceAccount: 'audit-lake-reader@example-project.iam.gserviceaccount.com',
  },
]

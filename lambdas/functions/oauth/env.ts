/** The function's environment variables, shared by the construct that sets them and the handler that reads them. */
export const env = {
  /** JSON: source id -> `{type, clientId, clientSecretId, secretId, apiUrl, webUrl}` and the source's options. */
  sources: 'OAUTH_SOURCES',
  /** Base URL of the routes. */
  publicUrl: 'PUBLIC_URL',
  /** The secret with the key of the MACs. */
  keySecretId: 'OAUTH_KEY_SECRET_ID',
  /** Name of the bucket for everything but the lake; keeps the attempts. */
  opsBucket: 'OPS_BUCKET',
} as const

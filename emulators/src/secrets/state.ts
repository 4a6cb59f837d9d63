/** What Secret Manager remembers about secrets and their versions. */

export type SecretVersionState = 'ENABLED' | 'DISABLED' | 'DESTROYED'

export type Secret = {
  name: string
  createdAtMs: number
  /** Orders secrets by their creation, also within one millisecond. */
  sequence: number
  etag: string
  labels: Record<string, string>
  versionAliases: Record<string, number>
  /** Null when replication is automatic. */
  replicaLocations: string[] | null
  /** In the order of their numbers, which start at 1; versions are never removed, so none is missing. */
  versions: SecretVersion[]
}

export type SecretVersion = {
  number: number
  state: SecretVersionState
  createdAtMs: number
  destroyedAtMs: number | null
  etag: string
  clientSpecifiedPayloadChecksum: boolean
  /** Base64; gone once destroyed. */
  payload: string | null
}

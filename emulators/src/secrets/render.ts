/** Turns what is remembered about secrets and versions into the messages of the API. */
import type { protos } from '@google-cloud/secret-manager'
import { toTimestamp, toTimestampOrNull } from '../wire/wire-time.ts'
import { versionName } from './names.ts'
import type { Secret, SecretVersion } from './state.ts'

export function renderSecret(secret: Secret): protos.google.cloud.secretmanager.v1.ISecret {
  const { replicaLocations } = secret
  return {
    name: secret.name,
    replication:
      replicaLocations === null
        ? { automatic: {} }
        : { userManaged: { replicas: replicaLocations.map((location) => ({ location })) } },
    createTime: toTimestamp(secret.createdAtMs),
    labels: secret.labels,
    etag: secret.etag,
    versionAliases: secret.versionAliases,
  }
}

export function renderVersion(
  secret: Secret,
  version: SecretVersion,
): protos.google.cloud.secretmanager.v1.ISecretVersion {
  const { replicaLocations } = secret
  return {
    name: versionName(secret.name, version.number),
    createTime: toTimestamp(version.createdAtMs),
    destroyTime: toTimestampOrNull(version.destroyedAtMs),
    state: version.state,
    replicationStatus:
      replicaLocations === null
        ? { automatic: {} }
        : { userManaged: { replicas: replicaLocations.map((location) => ({ location })) } },
    etag: version.etag,
    clientSpecifiedPayloadChecksum: version.clientSpecifiedPayloadChecksum,
  }
}

/** Turns what is remembered about rings, keys and versions into the messages of the API. */
import type { protos } from '@google-cloud/kms'
import { toDuration, toTimestamp, toTimestampOrNull } from '../wire/wire-time.ts'
import type { FoundVersion } from './find.ts'
import { versionName } from './names.ts'
import type { CryptoKey, KeyRing } from './state.ts'

export const renderKeyRing = ({ name, createdAtMs }: KeyRing): protos.google.cloud.kms.v1.IKeyRing => ({
  name,
  createTime: toTimestamp(createdAtMs),
})

export function renderVersion({ key, version, name }: FoundVersion): protos.google.cloud.kms.v1.ICryptoKeyVersion {
  return {
    name,
    state: version.state,
    protectionLevel: key.protectionLevel,
    algorithm: key.algorithm,
    createTime: toTimestamp(version.createdAtMs),
    generateTime: toTimestamp(version.createdAtMs),
    destroyTime: toTimestampOrNull(version.destroyAtMs),
    destroyEventTime: toTimestampOrNull(version.destroyedAtMs),
  }
}

function renderPrimary(key: CryptoKey): protos.google.cloud.kms.v1.ICryptoKeyVersion | null {
  const version = key.versions.find(({ number }) => number === key.primary)
  return version === undefined ? null : renderVersion({ key, version, name: versionName(key.name, version.number) })
}

export function renderKey(key: CryptoKey): protos.google.cloud.kms.v1.ICryptoKey {
  return {
    name: key.name,
    primary: renderPrimary(key),
    purpose: key.purpose,
    createTime: toTimestamp(key.createdAtMs),
    nextRotationTime: toTimestampOrNull(key.nextRotationAtMs),
    ...(key.rotationSeconds === null ? {} : { rotationPeriod: toDuration(key.rotationSeconds) }),
    versionTemplate: { protectionLevel: key.protectionLevel, algorithm: key.algorithm },
    labels: key.labels,
    destroyScheduledDuration: toDuration(key.destroyScheduledSeconds),
  }
}

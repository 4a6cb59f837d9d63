// Secret Manager: versions of a secret, each immutable. Every payload is checked both ways by CRC32C.
import type { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { instantOf } from '@latchkey/core/kernel/time'
import type { SecretVersion } from '@latchkey/core/signing/secret-versions'
import type { Clock } from '../clock.ts'
import { StoreError } from '../store/store-error.ts'
import { type Ask, asking, cloudCalls } from './call.ts'
import { type CloudSettings, clientOptions } from './client-options.ts'
import { bytesOf, checksumMatches, crc32c } from './crc32c.ts'

export interface Secrets {
  /** The enabled versions of a secret; on a laptop a secret that is not there is made, in the cloud Terraform made it. */
  readonly versions: (secret: string) => Promise<readonly SecretVersion[]>
  readonly add: (secret: string, bytes: Uint8Array) => Promise<void>
  readonly access: (secret: string, version: number) => Promise<Buffer>
  /** Done also when it was done before. */
  readonly destroy: (secret: string, version: number) => Promise<void>
}

type Client = SecretManagerServiceClient

export const openSecrets = (settings: CloudSettings, clock: Clock): Secrets => {
  const ask = asking<Client>(cloudCalls(clock, 'Secret Manager'), async () => {
    const { SecretManagerServiceClient: Client } = await import('@google-cloud/secret-manager')
    return new Client(clientOptions(settings))
  })
  const pathOf = (secret: string): string => `projects/${settings.projectId}/secrets/${secret}`
  return {
    versions: (secret) => versionsOf(ask, pathOf(secret), settings.local),
    add: async (secret, bytes) => {
      const data = Buffer.from(bytes)
      const [version] = await ask((client, options) =>
        client.addSecretVersion({ parent: pathOf(secret), payload: { data, dataCrc32c: crc32c(data) } }, options),
      )
      requireIntact(version.clientSpecifiedPayloadChecksum === true, secret)
    },
    access: async (secret, version) => {
      const [{ payload }] = await ask((client, options) =>
        client.accessSecretVersion({ name: `${pathOf(secret)}/versions/${version}` }, options),
      )
      const data = bytesOf(payload?.data)
      requireIntact(data.length > 0 && checksumMatches({ value: payload?.dataCrc32c }, data), secret)
      return data
    },
    destroy: async (secret, version) => {
      const name = `${pathOf(secret)}/versions/${version}`
      const [{ state }] = await ask((client, options) => client.getSecretVersion({ name }, options))
      if (state !== 'DESTROYED') await ask((client, options) => client.destroySecretVersion({ name }, options))
    },
  }
}

const notFound = 5
const alreadyExists = 6

const versionsOf = async (ask: Ask<Client>, parent: string, local: boolean): Promise<readonly SecretVersion[]> => {
  try {
    const [versions] = await ask((client, options) => client.listSecretVersions({ parent }, options))
    return versions.flatMap(versionIn)
  } catch (error) {
    if (!local || !hasCode(error, notFound)) throw error
    await makeSecret(ask, parent)
    return []
  }
}

const versionIn = ({
  name,
  state,
  createTime,
}: protos.google.cloud.secretmanager.v1.ISecretVersion): readonly SecretVersion[] => {
  const number = Number(name?.slice(name.lastIndexOf('/') + 1))
  const createdAt = instantOf(Number(createTime?.seconds ?? Number.NaN) * 1000)
  return state === 'ENABLED' && Number.isInteger(number) && Number.isFinite(createdAt) ? [{ number, createdAt }] : []
}

const makeSecret = async (ask: Ask<Client>, path: string): Promise<void> => {
  const [parent = '', secretId = ''] = path.split('/secrets/')
  const secret = { replication: { automatic: {} } }
  try {
    await ask((client, options) => client.createSecret({ parent, secretId, secret }, options))
  } catch (error) {
    if (!hasCode(error, alreadyExists)) throw error // somebody else made it, or the answer was lost
  }
}

const hasCode = (error: unknown, code: number): boolean =>
  error instanceof Error && 'code' in error && error.code === code

function requireIntact(intact: boolean, secret: string): asserts intact {
  if (!intact) throw new StoreError('unavailable', `${secret} was damaged on its way to or from Secret Manager`)
}

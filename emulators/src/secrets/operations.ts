/** Which methods of Secret Manager are emulated. */
import type { OperationTable } from '../server/operation.ts'
import { createSecret, deleteSecret, getSecret, listSecrets, updateSecret } from './secrets.ts'
import { destroySecretVersion, disableSecretVersion, enableSecretVersion } from './version-states.ts'
import { accessSecretVersion, addSecretVersion, getSecretVersion, listSecretVersions } from './versions.ts'

export const secretOperations = {
  createSecret,
  getSecret,
  listSecrets,
  updateSecret,
  deleteSecret,
  addSecretVersion,
  getSecretVersion,
  listSecretVersions,
  accessSecretVersion,
  enableSecretVersion,
  disableSecretVersion,
  destroySecretVersion,
} satisfies OperationTable

// The operations of the function `apiKeys`, and the verification of credentials, which answers at a path of its own.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { createKey } from '../rooms/credentials/create-key.ts'
import type { CredentialsDependencies } from '../rooms/credentials/dependencies.ts'
import { getKey, listKeys } from '../rooms/credentials/read-keys.ts'
import { revokeKey } from '../rooms/credentials/revoke-key.ts'
import { verifyCredential } from '../rooms/credentials/verify-credential.ts'

const credentialsOf = (app: App): CredentialsDependencies => ({
  commit: app.store.commit,
  read: app.store.read,
  drawId: app.drawId,
  random: app.random,
  loadFacts: app.loadFacts,
  noteUse: app.noteUse,
  noteDenial: app.noteDenial,
})

export const keyOperations = (app: App): readonly AnyOperation[] =>
  [createKey, getKey, listKeys, revokeKey].map((make): AnyOperation => make(credentialsOf(app)))

export const verifyOperations = (app: App): readonly AnyOperation[] => [verifyCredential(credentialsOf(app))]

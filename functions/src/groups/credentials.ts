// The operations of the function `apiKeys`, and the verification of credentials, which answers at a path of its own.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import type { CredentialsDependencies } from '../rooms/credentials/dependencies.ts'
import { createKey } from '../rooms/credentials/keys/create-key.ts'
import { getKey, listKeys } from '../rooms/credentials/keys/read-keys.ts'
import { revokeAll } from '../rooms/credentials/keys/revoke-all.ts'
import { revokeKey } from '../rooms/credentials/keys/revoke-key.ts'
import { disableKey, enableKey } from '../rooms/credentials/keys/switch-key.ts'
import { updateKey } from '../rooms/credentials/keys/update-key.ts'
import { reportLeaks } from '../rooms/credentials/leaks/report-leaks.ts'
import { cancelRotation, finishRotation } from '../rooms/credentials/rotation/end-rotation.ts'
import { rotateKey } from '../rooms/credentials/rotation/rotate-key.ts'
import { exchangeKey } from '../rooms/credentials/use/exchange-key.ts'
import { verifyCredential } from '../rooms/credentials/use/verify-credential.ts'

const credentialsOf = (app: App): CredentialsDependencies => ({
  commit: app.store.commit,
  read: app.store.read,
  drawId: app.drawId,
  random: app.random,
  loadFacts: app.loadFacts,
  stillCounts: app.guard.stillCounts,
  takeUse: app.guard.takeUse,
  clock: app.clock,
  noteUse: app.noteUse,
  noteDenial: app.noteDenial,
})

export const keyOperations = (app: App): readonly AnyOperation[] =>
  [
    ...[createKey, getKey, listKeys, updateKey],
    ...[rotateKey, cancelRotation, finishRotation],
    ...[disableKey, enableKey, revokeKey, revokeAll],
  ].map((make): AnyOperation => make(credentialsOf(app)))

/** Operations of the function `api` with a path of their own. */
export const pathOperations = (app: App): readonly AnyOperation[] => [
  exchangeKey({
    drawId: app.drawId,
    log: app.log,
    issuer: app.config.issuer,
    audience: app.config.apiAudience,
    sign: app.signing.sign,
  }),
  reportLeaks({ ...credentialsOf(app), operate: app.store.operate, log: app.log }),
]

export const verifyOperations = (app: App): readonly AnyOperation[] => [verifyCredential(credentialsOf(app))]

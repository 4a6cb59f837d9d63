// The operations of the function `signing`, the schedules that rotate, and the key set for everybody.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import type { PublicDocument } from '../guard/doors/public-document.ts'
import { lastSealReader } from '../rooms/audit/documents.ts'
import { requireVouched } from '../rooms/audit/sealing/vouched-keys.ts'
import { keySetDocument } from '../rooms/signing/key-set.ts'
import { compromiseKey } from '../rooms/signing/operations/compromise-key.ts'
import { listKeys } from '../rooms/signing/operations/list-keys.ts'
import { rotateKey } from '../rooms/signing/operations/rotate-key.ts'
import { rotateSigningKeys } from '../rooms/signing/ring/rotate-signing-keys.ts'
import { sealKeySetDocument } from '../rooms/signing/seal-keys.ts'
import { rotateSecrets } from '../rooms/signing/secrets/rotate-secrets.ts'

export const operations = (app: App): readonly AnyOperation[] => [
  listKeys(app.rings),
  rotateKey(app.rings),
  compromiseKey({ ...app.rings, lastSeal: lastSealReader(app.anchors) }),
]

export const keyRotation = (app: App) =>
  rotateSigningKeys({ ...app.rings, requireVouched: (kid) => requireVouched(app.store.read, kid) })

export const secretRotation = (app: App) => rotateSecrets(app.secrets)

/** Public documents by path. */
export const documents = (app: App): ReadonlyMap<string, PublicDocument> =>
  new Map([
    ['/.well-known/jwks.json', keySetDocument(app.rings)],
    ['/.well-known/audit-keys.json', sealKeySetDocument(app.rings)],
  ])

// The schedule that seals the audit log, and the operations that read and prove it.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { exportLog } from '../rooms/audit/reading/export-log.ts'
import { getEvent, searchEvents } from '../rooms/audit/reading/search-events.ts'
import { verifyChain } from '../rooms/audit/reading/verify-chain.ts'
import { redactEvent } from '../rooms/audit/redaction/redact-event.ts'
import { beginEpoch } from '../rooms/audit/sealing/begin-epoch.ts'
import { sealAudit } from '../rooms/audit/sealing/seal-audit.ts'
import { sealKeyInKms, sealKeys } from '../rooms/signing/seal-keys.ts'

const keyInKms = ({ store, kms }: App) => sealKeyInKms({ read: store.read, kms })

export const operations = (app: App): readonly AnyOperation[] => {
  const { read, commit } = app.store
  const reading = { read, anchors: app.anchors, sealKeys: () => sealKeys(read) }
  return [
    searchEvents(reading),
    getEvent(reading),
    verifyChain(reading),
    redactEvent({ commit }),
    beginEpoch({ ...app.store, anchors: app.anchors, keyInKms: keyInKms(app), log: app.log }),
  ]
}

/** Operations of the function `api` with a path of their own. */
export const pathOperations = (app: App): readonly AnyOperation[] => [
  exportLog({ read: app.store.read, commit: app.store.commit, clock: app.clock, log: app.log }),
]

export const sealing = (app: App) =>
  sealAudit({
    read: app.store.read,
    operate: app.store.operate,
    sign: app.signing.seal,
    sealKeys,
    keyInKms: keyInKms(app),
    clockFault: app.clockFault,
    anchors: app.anchors,
    clock: app.clock,
    log: app.log,
  })

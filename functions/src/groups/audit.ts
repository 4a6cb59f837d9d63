// The schedule that seals the audit log, and the operations that read and prove it.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { exportLog } from '../rooms/audit/reading/export-log.ts'
import { readNoter } from '../rooms/audit/reading/note-read.ts'
import { getEvent, searchEvents } from '../rooms/audit/reading/search-events.ts'
import { verifyChain } from '../rooms/audit/reading/verify-chain.ts'
import { sealAudit } from '../rooms/audit/sealing/seal-audit.ts'
import { sealKeys } from '../rooms/signing/seal-keys.ts'

export const operations = (app: App): readonly AnyOperation[] => {
  const { read, commit } = app.store
  const reading = { read, noteRead: readNoter(commit), anchors: app.anchors, sealKeys: () => sealKeys(read) }
  return [searchEvents(reading), getEvent(reading), verifyChain(reading)]
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
    anchors: app.anchors,
    clock: app.clock,
    log: app.log,
  })

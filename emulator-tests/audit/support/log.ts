// A world with an audit log that a test seals, takes out, and verifies as an outsider would: from the lines and the public keys alone.

import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { headOf } from '@latchkey/core/audit/chain'
import { type AnchorRecord, anchorRecord, type ExportLine } from '@latchkey/core/audit/export-lines'
import type { Report } from '@latchkey/core/audit/verify/fault'
import type { SealKey } from '@latchkey/core/audit/verify/seals'
import { verifyLog } from '@latchkey/core/audit/verify/verify-log'
import { es256CheckerAtOnce } from '@latchkey/core/tokens/check-es256'
import type { App } from '../../../functions/src/app.ts'
import { sealing } from '../../../functions/src/groups/audit.ts'
import { documents } from '../../../functions/src/groups/signing.ts'
import { sha256 } from '../../../functions/src/platform/seal.ts'
import { chainOf, endLine } from '../../../functions/src/rooms/audit/reading/export-chain.ts'
import { fly } from '../../support/fly.ts'
import { makeWorld, type World, type WorldOptions } from '../../support/world.ts'

export interface LoggedWorld extends World {
  readonly folder: string
}

export const loggedWorld = async (options: WorldOptions = {}): Promise<LoggedWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'anchors-'))
  const world = await makeWorld({ ...options, env: { LK_ANCHOR_FOLDER: folder, ...options.env } })
  return {
    ...world,
    folder,
    close: async () => {
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const seal = (app: App): Promise<boolean> => fly(sealing(app), app)

export const linesOf = async ({ app }: World, tenant: string): Promise<readonly ExportLine[]> => {
  const lines: ExportLine[] = [{ kind: 'log', version: 1, tenant, after: null }]
  for await (const block of chainOf(app.store.read, { tenant, after: 0 })) lines.push(...block)
  const segment = lines.findLast((line) => line.kind === 'segment')
  const { kind: _kind, index: _index, path: _path, ...bare } = segment ?? { kind: '', index: 0, path: [] }
  const last = 'events' in bare ? headOf(sha256, bare) : undefined
  return [...lines, await endLine(app.store.read, tenant, last)]
}

export const anchorsIn = (folder: string): readonly AnchorRecord[] =>
  readdirSync(folder)
    .toSorted()
    .map((name) => anchorRecord.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))

const check = es256CheckerAtOnce({ createPublicKey, verify })

/** By the public keys that everybody can fetch. */
export const verified = async (world: LoggedWorld, lines: readonly unknown[]): Promise<Report> => {
  const served = await documents(world.app).get('/.well-known/audit-keys.json')?.read()
  const { keys } = JSON.parse(JSON.stringify(served)) as { readonly keys: readonly SealKey[] } // as it is served
  const verification = verifyLog(
    { keys, anchors: anchorsIn(world.folder) },
    { sha256, checkSignature: (key, signature, signed) => check(key, signature, signed) === true },
  )
  for (const line of lines) verification.line(JSON.parse(JSON.stringify(line)))
  return verification.finish()
}

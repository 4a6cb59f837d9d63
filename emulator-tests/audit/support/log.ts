// A world with an audit log that a test seals, takes out, and verifies as an outsider would: from the lines and the public keys alone.

import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Head, headOf } from '@latchkey/core/audit/chain'
import { type AnchorRecord, anchoredKey, anchorRecord, type ExportLine } from '@latchkey/core/audit/export-lines'
import { readAnchors } from '@latchkey/core/audit/verify/anchors'
import type { Report } from '@latchkey/core/audit/verify/fault'
import { publishedKeys } from '@latchkey/core/audit/verify/published-keys'
import type { Host } from '@latchkey/core/audit/verify/seals'
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

export const linesOf = async ({ app }: World, tenant: string, after?: Head): Promise<readonly ExportLine[]> => {
  const lines: ExportLine[] = [{ kind: 'log', version: 1, tenant, after: after ?? null }]
  for await (const block of chainOf(app.store.read, { tenant, after: after?.sequence ?? 0 })) lines.push(...block)
  return [...lines, await endLine(app.store.read, tenant, lastIn(lines) ?? after)]
}

const lastIn = (lines: readonly ExportLine[]): Head | undefined => {
  const segment = lines.findLast((line) => line.kind === 'segment')
  if (segment === undefined) return undefined
  const { kind: _kind, index: _index, path: _path, ...bare } = segment
  return headOf(sha256, bare)
}

/** Part by part, until an end line says that there is no more: as one takes out a log that grows. */
export const partsOf = async (world: World, tenant: string): Promise<readonly ExportLine[]> => {
  const lines: ExportLine[] = []
  for (let last: Head | undefined; ; ) {
    const part = await linesOf(world, tenant, last)
    lines.push(...part)
    last = lastIn(part) ?? last
    const end = part.at(-1)
    if (end?.kind !== 'end' || (end.head?.sequence ?? 0) <= (last?.sequence ?? 0)) return lines
  }
}

/** What lies in the second place, by how its name begins. */
const filesIn = (folder: string, prefix: string): readonly unknown[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json')) // and not what is being written
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))

export const anchorsIn = (folder: string): readonly AnchorRecord[] =>
  filesIn(folder, 'seal-').map((record) => anchorRecord.parse(record))

const check = es256CheckerAtOnce({ createPublicKey, verify })

const host: Host = {
  sha256,
  checkSignature: (key, signature, signed) => check(key, signature, signed) === true,
}

/** By the public keys that everybody can fetch, and the second place. */
export const verified = async (
  { app, folder }: LoggedWorld,
  lines: readonly unknown[],
  anchors = anchorsIn(folder),
): Promise<Report> => {
  const plain = lines.map((line) => JSON.parse(JSON.stringify(line)))
  const served = await documents(app).get('/.well-known/audit-keys.json')?.read()
  const keys = publishedKeys(JSON.parse(JSON.stringify(served))) // as it is served
  const held = filesIn(folder, 'key-').map((key) => anchoredKey.parse(key))
  const reading = readAnchors({ tenant: plain[0].tenant, published: keys, held }, host)
  for (const record of anchors) reading.take(record)
  const verification = verifyLog({ keys, anchors: reading.finish() }, host)
  for (const line of plain) verification.line(line)
  return verification.finish()
}

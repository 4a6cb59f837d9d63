// A log made by hand for tests: tenants with events, sealed a few times, and what an export of each of them says.
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  type Head,
  headOf,
  leafOf,
  leafText,
  type Seal,
  type Segment,
  sealHash,
  sealText,
  segmentAfter,
} from '@latchkey/core/audit/chain'
import { eventHash, type WholeEvent } from '@latchkey/core/audit/commitment'
import type { AnchorRecord } from '@latchkey/core/audit/export-lines'
import { pathsOf, rootOf } from '@latchkey/core/audit/merkle'
import type { Host, SealKey } from '@latchkey/core/audit/verify/seals'
import type { Json } from '@latchkey/core/kernel/canonical-json'
import { checkSignature } from '../../../platform/ecdsa.ts'
import { sha256 } from '../../../platform/seal.ts'

export const host: Host = {
  sha256,
  checkSignature: (key, signature, signed) => checkSignature(key, signature, signed) === true,
}

export const newSigner = (kid: string): { readonly key: SealKey; readonly sign: (text: string) => string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return {
    key: { kid, x, y },
    sign: (text) =>
      sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  }
}

export const signer = newSigner('seal-one')

export interface Made {
  readonly anchors: readonly AnchorRecord[]
  readonly segments: readonly (Segment & { readonly index: number; readonly path: readonly string[] })[]
  readonly events: ReadonlyMap<string, WholeEvent>
}

const eventOf = (tenant: string, number: number): WholeEvent => ({
  id: `op_${tenant}_${number}`,
  salt: sha256(`salt ${tenant} ${number}`).slice(0, 22),
  fields: {
    tenant,
    type: 'directory.member_invited',
    actor: { principal: 'user:nora', credential: 'session:1' },
    targets: [`member:guest${number}`],
    details: { email: `guest${number}@people.example`, role: 'account.viewer' },
    reason: 'they asked',
    after: sha256(`after ${number}`),
    outcome: { saved: true, count: number },
  },
})

/** Each round is one seal: how many events of each tenant come under it; after so many of a tenant the same ones come again. */
export const makeLog = (
  rounds: readonly Readonly<Record<string, number>>[],
  by = signer,
  different = Number.POSITIVE_INFINITY,
): Made => {
  const heads = new Map<string, Head>()
  const events = new Map<string, WholeEvent>()
  const segments: Made['segments'][number][] = []
  const anchors: AnchorRecord[] = []
  for (const [index, round] of rounds.entries()) {
    const made = Object.entries(round).map(([tenant, count]) => {
      const before = heads.get(tenant)
      const drawn = Array.from({ length: count }, (_, at) =>
        eventOf(tenant, (((before?.last ?? 0) + at) % different) + 1),
      )
      for (const event of drawn) events.set(event.id, event)
      const sealed = drawn.map((event) => ({ id: event.id, hash: eventHash(sha256, event) ?? '' }))
      const segment = segmentAfter(before, { tenant, seal: index + 1, events: sealed })
      heads.set(tenant, headOf(sha256, segment))
      return segment
    })
    const leaves = made.map((segment) => leafOf(sha256, segment))
    const paths = pathsOf(sha256, leaves.map(leafText))
    for (const [at, segment] of made.entries()) segments.push({ ...segment, index: at, path: paths[at] ?? [] })
    const before = anchors.at(-1)
    const body = {
      sequence: index + 1,
      previous: before === undefined ? null : sealHash(sha256, before),
      at: new Date(Date.UTC(2026, 10, 22, 10, index)).toISOString(),
      count: leaves.length,
      root: rootOf(sha256, leaves.map(leafText)),
    }
    anchors.push({ ...body, kid: by.key.kid, signature: by.sign(sealText(body)), leaves })
  }
  return { anchors, segments, events }
}

type Line = { readonly [key: string]: Json | undefined }
// Cast: made of plain values only.
const asLine = (line: object): Line => line as Line

const sealOf = ({ leaves: _leaves, ...seal }: AnchorRecord): Seal => seal

export const exportOf = ({ anchors, segments, events }: Made, tenant: string): readonly Line[] => {
  const own = segments.filter((segment) => segment.tenant === tenant)
  const lines: object[] = [{ kind: 'log', version: 1, tenant, after: null }]
  let sealed = 0
  for (const segment of own) {
    const seal = anchors[segment.seal - 1]
    if (seal !== undefined && sealed !== segment.seal) lines.push({ kind: 'seal', ...sealOf(seal) })
    sealed = segment.seal
    lines.push({ kind: 'segment', ...segment })
    for (const [at, { id }] of segment.events.entries())
      lines.push({ kind: 'event', position: segment.first + at, ...events.get(id) })
  }
  const last = own.at(-1)
  const { index: _index, path: _path, ...bare } = last ?? { index: 0, path: [] }
  lines.push({ kind: 'end', head: last === undefined ? null : headOf(sha256, bare as Segment) })
  return lines.map(asLine)
}

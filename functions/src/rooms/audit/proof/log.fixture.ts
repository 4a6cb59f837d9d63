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
import { type EventFields, eventHash, type WholeEvent } from '@latchkey/core/audit/commitment'
import type { AnchorRecord } from '@latchkey/core/audit/export-lines'
import { pathsOf, rootOf } from '@latchkey/core/audit/merkle'
import { readAnchors } from '@latchkey/core/audit/verify/anchors'
import type { Report } from '@latchkey/core/audit/verify/fault'
import type { Host, SealKey } from '@latchkey/core/audit/verify/seals'
import { verifyLog } from '@latchkey/core/audit/verify/verify-log'
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

const bare = ({ index: _index, path: _path, ...segment }: Made['segments'][number]): Segment => segment

const nothing: Made = { anchors: [], segments: [], events: new Map() }

/** As it stood after so many seals. */
export const restored = ({ anchors, segments, events }: Made, seals: number): Made => ({
  anchors: anchors.slice(0, seals),
  segments: segments.filter(({ seal }) => seal <= seals),
  events,
})

export interface Given {
  /** As they are published. */
  readonly keys?: readonly SealKey[]
  /** Seals of the second place, and its keys. */
  readonly anchors?: readonly AnchorRecord[]
  readonly held?: readonly SealKey[]
  readonly redactedLater?: ReadonlyMap<string, readonly string[]>
  readonly isEnd?: boolean
}

export const verified = (lines: readonly unknown[], given: Given = {}): Report => {
  const { keys = [signer.key], held = [signer.key], redactedLater = new Map(), isEnd = true } = given
  const { tenant } = { tenant: '', ...Object(lines[0]) }
  const reading = readAnchors({ tenant, published: keys, held }, host)
  for (const record of given.anchors ?? []) reading.take(record)
  const anchors = given.anchors === undefined ? {} : { anchors: reading.finish() }
  const verification = verifyLog({ keys, redactedLater, isEnd, ...anchors }, host)
  for (const line of lines) verification.line(line)
  return verification.finish()
}

const eventOf = (
  tenant: string,
  number: number,
  { epoch, also }: { readonly epoch: number; readonly also: EventFields },
): WholeEvent => ({
  id: `op_${tenant}_${number}${epoch === 1 ? '' : `_${epoch}`}`,
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
    ...also,
  },
})

/** The seals from this one on as they are when they are signed once more, in another epoch, over what they were over. */
export const signedAnew = (made: Made, { from, epoch }: { readonly from: number; readonly epoch: number }): Made => {
  const anchors: AnchorRecord[] = []
  for (const anchor of made.anchors) {
    const before = anchors.at(-1)
    const previous = before === undefined ? null : sealHash(sha256, before)
    const anew = { ...anchor, epoch, previous }
    anchors.push(anchor.sequence < from ? anchor : { ...anew, signature: signer.sign(sealText(anew)) })
  }
  return { ...made, anchors }
}

interface Making {
  readonly by?: typeof signer
  /** After so many of a tenant the same ones come again. */
  readonly different?: number
  /** What it goes on from, and in which epoch. */
  readonly from?: Made
  readonly epoch?: number
  /** Beside what every event says. */
  readonly also?: EventFields
}

/** Each round is one seal: how many events of each tenant come under it. */
export const makeLog = (
  rounds: readonly Readonly<Record<string, number>>[],
  { by = signer, different = Number.POSITIVE_INFINITY, from = nothing, epoch = 1, also = {} }: Making = {},
): Made => {
  const heads = new Map<string, Head>(from.segments.map((segment) => [segment.tenant, headOf(sha256, bare(segment))]))
  const events = new Map<string, WholeEvent>(from.events)
  const segments = [...from.segments]
  const anchors = [...from.anchors]
  for (const [later, round] of rounds.entries()) {
    const index = from.anchors.length + later
    const made = Object.entries(round).map(([tenant, count]) => {
      const before = heads.get(tenant)
      const drawn = Array.from({ length: count }, (_, at) =>
        eventOf(tenant, (((before?.last ?? 0) + at) % different) + 1, { epoch, also }),
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
      epoch,
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
  lines.push({ kind: 'end', head: last === undefined ? null : headOf(sha256, bare(last)) })
  return lines.map(asLine)
}

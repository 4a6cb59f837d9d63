// How a ring is stored: one document per purpose, so that each step of a rotation is one transaction over the whole of it.

import type { SealNumber } from '@latchkey/core/audit/chain'
import type { Instant } from '@latchkey/core/kernel/time'
import { type Purpose, purposes } from '@latchkey/core/signing/purpose'
import { type KeyState, keyStates, type RingKey } from '@latchkey/core/signing/ring'
import type { PublicPoint } from '@latchkey/core/tokens/check-es256'
import { thumbprint } from '../../../platform/ecdsa.ts'
import {
  type DocumentFields,
  instantIn,
  type Reader,
  type Stamped,
  timestampOf,
} from '../../../platform/store/reader.ts'
import type { Revision } from '../../../platform/store/revision.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { Write } from '../../../platform/store/write.ts'

/** Where the private half is: wrapped by KMS beside the public one, or inside KMS; nowhere once it was destroyed. */
export type Material = { readonly wrapped: string } | { readonly version: string } | undefined

export interface StoredKey extends RingKey {
  readonly point: PublicPoint
  readonly material: Material
  /** Of a key for seals that was declared compromised: the last seal of all at that moment. */
  readonly lastSeal?: SealNumber
}

export interface Ring {
  readonly keys: readonly StoredKey[]
  /** The database's own time when this was read. */
  readonly asOf: Revision
}

export const ringPath = (purpose: Purpose): string => `signingKeys/${purpose}`

export const kidOf = (purpose: Purpose, point: PublicPoint): string => `${purpose}-${thumbprint(point)}`

export const readRing = async (read: Reader, purpose: Purpose): Promise<Ring> => {
  const [found] = await read.getStamped([ringPath(purpose)])
  return ringIn(found, purpose)
}

/** All of one moment, in one round trip. */
export const readRings = async (read: Reader, wanted: readonly Purpose[]): Promise<readonly Ring[]> => {
  const found = await read.getStamped(wanted.map(ringPath))
  return wanted.map((purpose, index) => ringIn(found[index], purpose))
}

const ringIn = (found: Stamped | undefined, purpose: Purpose): Ring => {
  if (found === undefined) throw new StoreError('unavailable', `${ringPath(purpose)} was not read`)
  return { keys: found.fields === undefined ? [] : keysIn(found.fields, purpose), asOf: found.asOf }
}

/** A cached read hands out the same fields again and again: they are understood once. */
const understood = new WeakMap<DocumentFields, readonly StoredKey[]>()

const keysIn = (fields: DocumentFields, purpose: Purpose): readonly StoredKey[] => {
  const known = understood.get(fields)
  if (known !== undefined) return known
  const stored: unknown = fields['keys']
  const keys = (Array.isArray(stored) ? stored : [undefined]).map((one: unknown) => keyIn(one, purpose))
  // A step changes the key of a name: with two of one name no plan would ever come to its end.
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw damaged(purpose)
  understood.set(fields, keys)
  return keys
}

/** A ring that cannot be understood whole is not guessed at: nothing is signed or verified by it. */
const keyIn = (stored: unknown, purpose: Purpose): StoredKey => {
  const fields: DocumentFields = typeof stored === 'object' && stored !== null ? { ...stored } : {}
  const { kid, state, x, y, wrapped, version } = fields
  const createdAt = instantIn(fields['createdAt'])
  const point = { x: String(x), y: String(y) }
  if (!isState(state) || kid !== kidOf(purpose, point) || createdAt === undefined) throw damaged(purpose)
  const at = (name: string): Instant | undefined => instantIn(fields[name])
  return {
    kid,
    state,
    point,
    createdAt,
    publishedAt: at('publishedAt'),
    activeAt: at('activeAt'),
    retiringAt: at('retiringAt'),
    retiredAt: at('retiredAt'),
    destroyedAt: at('destroyedAt'),
    compromisedAt: at('compromisedAt'),
    material: typeof wrapped === 'string' ? { wrapped } : typeof version === 'string' ? { version } : undefined,
    ...lastSealIn(fields),
  }
}

const lastSealIn = ({ lastSeal }: DocumentFields): { readonly lastSeal?: SealNumber } => {
  const { epoch, sequence }: DocumentFields = typeof lastSeal === 'object' && lastSeal !== null ? { ...lastSeal } : {}
  return typeof epoch === 'number' && typeof sequence === 'number' ? { lastSeal: { epoch, sequence } } : {}
}

const damaged = (purpose: Purpose): StoreError => new StoreError('unavailable', `${ringPath(purpose)} is damaged`)

const isState = (state: unknown): state is KeyState => keyStates.some((one) => one === state)

export const isPurpose = (text: string): text is Purpose => purposes.some((one) => one === text)

export const ringWrite = (purpose: Purpose, keys: readonly StoredKey[]): Write => ({
  kind: 'set',
  path: ringPath(purpose),
  fields: { purpose, keys: keys.map(fieldsOf) },
})

const fieldsOf = ({ kid, state, point, material, lastSeal, ...moments }: StoredKey): DocumentFields => ({
  kid,
  state,
  ...point,
  ...(lastSeal === undefined ? {} : { lastSeal: { ...lastSeal } }),
  ...(state === 'destroyed' ? {} : material),
  ...Object.fromEntries(
    Object.entries(moments).flatMap(([name, at]) => (at === undefined ? [] : [[name, timestampOf(at)]])),
  ),
})

/** The moment of a snapshot, to the millisecond. */

// The wire of `signing/list`, `signing/rotate` and `signing/compromise`.
import * as z from 'zod'
import { moment, reason } from '../kernel/wire.ts'
import { purposes } from './purpose.ts'
import { keyStates } from './ring.ts'

export const purpose = z.enum(purposes)

/** A purpose and the thumbprint of the public key (RFC 7638). */
export const kid = z.string().regex(/^(access|id|seal)-[A-Za-z0-9_-]{43}$/, 'This is not the id of a signing key.')

const dryRun = z.boolean().optional().meta({ description: 'says what the change would do, and changes nothing' })

/** A public key (RFC 7517); the private half leaves nowhere. */
const shownJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
  kid,
})

export const keyView = z.strictObject({
  kid,
  state: z.enum(keyStates),
  /** Still in the published set. */
  published: z.boolean(),
  createdAt: moment,
  publishedAt: moment.optional(),
  activeAt: moment.optional(),
  retiringAt: moment.optional(),
  retiredAt: moment.optional(),
  destroyedAt: moment.optional(),
  compromisedAt: moment.optional(),
  /** Of a compromised key for seals: until which seal it counts, where the second place holds that seal. */
  lastSeal: z.strictObject({ epoch: z.int(), sequence: z.int() }).optional(),
  jwk: shownJwk,
})

export const ringView = z.strictObject({
  purpose,
  keys: z.array(keyView),
  /** From when the standby may sign without one valid token being refused; absent when there is none. */
  rotatableAt: moment.optional(),
})

export const listKeysInput = z.strictObject({ purpose: purpose.optional() })
export const listKeysOutput = z.strictObject({ rings: z.array(ringView) })

const change = {
  purpose,
  saved: z.boolean(),
  /** What signs from now on; absent when nothing does until a new key is made. */
  active: kid.optional(),
  /** What signed before. */
  before: kid.optional(),
}

export const rotateInput = z.strictObject({ purpose, reason, dryRun })
export const rotateOutput = z.strictObject(change)

export const compromiseInput = z.strictObject({ kid, reason, dryRun })
export const compromiseOutput = z.strictObject(change)

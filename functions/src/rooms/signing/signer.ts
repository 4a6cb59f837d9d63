// Signs tokens with the active key of a purpose, and knows the keys that tokens of ours are verified with.
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { invariant } from '@latchkey/core/kernel/invariant'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, plusSeconds } from '@latchkey/core/kernel/time'
import { longestPublished } from '@latchkey/core/signing/plan-rotation'
import type { Purpose } from '@latchkey/core/signing/purpose'
import { activeIn, emptyAt, isPublished } from '@latchkey/core/signing/ring'
import { accessTokenType } from '@latchkey/core/tokens/access-token'
import type { CheckSignature } from '@latchkey/core/tokens/check-es256'
import { purposeOf, type TokenPurpose, type VerificationKey } from '@latchkey/core/tokens/verification-key'
import { checkSignature } from '../../platform/ecdsa.ts'
import { fairWaiting } from '../../platform/fair-waiting.ts'
import { inTime } from '../../platform/in-time.ts'
import type { Reader } from '../../platform/store/reader.ts'
import { StoreError } from '../../platform/store/store-error.ts'
import type { SigningDependencies } from './dependencies.ts'
import { jwkOf } from './key-set.ts'
import { clockFault } from './ring/clock-fault.ts'
import { type Ring, readRing, type StoredKey } from './ring/ring-document.ts'
import { rotateRing } from './ring/rotate-ring.ts'

export interface Signing {
  /** A compact JWS. `unavailable` when there is no key to sign with, or the clock is wrong; never an unsigned or otherwise signed token. */
  readonly sign: (purpose: TokenPurpose, typ: string, claims: object) => Promise<Result<string, IamError>>
  /** The key of this name in our own sets, at most four seconds old; rejects with a StoreError when that cannot be known. */
  readonly findKey: (kid: string) => Promise<VerificationKey | undefined>
  readonly checkSignature: CheckSignature
  /** Signs inside KMS; the key is named so that its public half can be kept beside the signature. */
  readonly seal: (bytes: Uint8Array) => Promise<Result<Sealed, IamError>>
}

export interface Sealed {
  readonly kid: string
  readonly signature: Uint8Array
}

export const openSigning = (dependencies: SigningDependencies): Signing => {
  const { keepers, policyOf } = dependencies
  const keyFor = signingKey(dependencies)
  const waitForKms = fairWaiting(placesBeforeKms)
  return {
    checkSignature,
    sign: async (purpose, typ, claims) => {
      requireFitting(purpose, typ, claims, plusSeconds(dependencies.clock(), policyOf(purpose).tokenLife))
      return orUnavailable(dependencies, async () => {
        const key = await keyFor(purpose)
        const signed = `${encoded({ alg: 'ES256', typ, kid: key.kid })}.${encoded(claims)}`
        const keeper = keepers[purpose]
        const work = () => keeper.sign(key, Buffer.from(signed, 'ascii'))
        const signature = await (keeper.isOpen(key) ? work() : waitForKms(payerOf(claims), work))
        return `${signed}.${Buffer.from(signature).toString('base64url')}`
      })
    },
    findKey: async (kid) => {
      const purpose = purposeOf(kid)
      if (purpose === undefined) return undefined
      const { keys } = await readRing(dependencies.cache.reader(), purpose)
      const key = keys.find((one) => one.kid === kid && isPublished(one))
      return key === undefined ? undefined : { jwk: jwkOf(key), notAfter: emptyAt(key, policyOf(purpose)) }
    },
    seal: (bytes) =>
      orUnavailable(dependencies, async () => {
        // As the database has it now: what a key signs after it was declared compromised is refused for good.
        const key = await keyFor('seal', dependencies.read)
        return { kid: key.kid, signature: await keepers.seal.sign(key, bytes) }
      }),
  }
}

/** Half of the calls that an instance has in hand at once: the other half goes on while KMS is slow or has no quota left (CATALOGUE F-08). */
const placesBeforeKms = 40

/** An agency's accounts wait on its account, however many they are. */
const payerOf = (claims: object): string => {
  if ('agency' in claims) return String(claims.agency)
  return 'tenant' in claims ? String(claims.tenant) : ''
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A key is bound to what it is for, and stays published only for as long as the longest token that it may sign. */
const requireFitting = (purpose: TokenPurpose, typ: string, claims: object, end: Instant): void => {
  invariant((typ === accessTokenType) === (purpose === 'access'), `a key for ${purpose} does not sign ${typ}`)
  const exp = 'exp' in claims ? Number(claims.exp) : Number.NaN
  // A claim counts whole seconds, and may have been rounded up.
  invariant(exp * 1000 < end + 1000, 'a token ends before its key does')
}

/** The key that signs now. With none at all, as in a new installation, one is made first; many who ask at once wait for the same one. */
const signingKey = (dependencies: SigningDependencies) => {
  const making = new Map<Purpose, Promise<void>>()
  const make = (purpose: Purpose): Promise<void> => {
    const running = making.get(purpose) ?? firstKey(purpose, dependencies).finally(() => making.delete(purpose))
    making.set(purpose, running)
    return running
  }
  return async (purpose: Purpose, read: Reader = dependencies.cache.reader()): Promise<StoredKey> => {
    const known = activeKey(await readRing(read, purpose), purpose, dependencies)
    if (known !== undefined) return known
    // Whatever could not be made: a key that signs is enough.
    await make(purpose).catch((error: unknown) => dependencies.log('ERROR', 'no key could be made', { purpose, error }))
    const made = activeKey(await readRing(dependencies.read, purpose), purpose, dependencies)
    if (made === undefined) throw new StoreError('unavailable', `no key signs for ${purpose}`)
    return made
  }
}

const firstKey = async (purpose: Purpose, dependencies: SigningDependencies): Promise<void> => {
  await rotateRing({ purpose, now: dependencies.clock(), requestId: 'first-signature' }, dependencies)
}

const activeKey = (ring: Ring, purpose: Purpose, dependencies: SigningDependencies): StoredKey | undefined => {
  const fault = clockFault(ring, dependencies.clock(), dependencies)
  if (fault !== undefined) throw fault
  const key = activeIn(ring.keys)
  const standby = longestPublished(ring.keys)
  // Whoever takes over, and whenever: it must be able to sign although KMS may be down just then.
  if (key !== undefined && standby !== undefined)
    void dependencies.keepers[purpose]
      .warm(standby)
      .catch((error: unknown) =>
        dependencies.logSeldom('ERROR', `the standby for ${purpose} cannot be opened`, { kid: standby.kid, error }),
      )
  return key
}

/** Whatever the reason: a key that cannot be had, or not be opened, signs nothing, and whoever asks may try again. */
const orUnavailable = async <T>(
  { logSeldom }: Pick<SigningDependencies, 'logSeldom'>,
  work: () => Promise<T>,
): Promise<Result<T, IamError>> => {
  try {
    return ok(await inTime(work(), mostMilliseconds, tooLong))
  } catch (error) {
    logSeldom('ERROR', 'nothing could be signed', { error })
    return err(iamError('unavailable', { retryAfterSeconds: 2 }))
  }
}

/** The first signature of all asks KMS several times, each time for seconds when KMS is slow: that goes on, and whoever asks comes again. */
const mostMilliseconds = 6_500
const tooLong = () => new StoreError('unavailable', 'signing took too long')

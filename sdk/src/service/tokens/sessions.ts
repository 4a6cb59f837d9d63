// Sign-ins of people: their ID token is verified here, and whether the sign-in still counts is asked where they want to do something.
import { isEndedBy } from '@latchkey/core/access/assembly/head'
import { momentFromWire } from '@latchkey/core/access/assembly/moments'
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { instantOf } from '@latchkey/core/kernel/time'
import { momentOf } from '../clocks.ts'
import type { FactSource } from '../facts/facts-of.ts'
import { wantedHead, wantedPerson } from '../facts/wanted.ts'
import { refused, unavailable } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import { type SignIn, verifyIdToken } from './id-token.ts'
import type { KeyRing } from './key-ring.ts'
import { metCredentials } from './met-credentials.ts'
import type { RsaKey } from './signatures.ts'

const maxSessions = 10_000

export interface Sessions {
  readonly source: FactSource
  readonly keys: KeyRing<RsaKey>
  readonly project: string
  readonly unsigned: boolean
}

export const sessionAuthenticator = ({ source, ...expected }: Sessions) => {
  const known = metCredentials<Authenticated>(source.clocks, maxSessions)
  const verify = async (text: string, digest: string): Promise<Authenticated> => {
    const signIn = await verifyIdToken(text, { ...expected, now: source.clocks.wall() })
    if (signIn === undefined) throw refused('invalid_token')
    const authenticated = authenticatedBy(signIn, source, expected.keys)
    known.set(digest, authenticated, signIn.expiresAt)
    return authenticated
  }
  return {
    met: (digest: string): Authenticated | undefined => known.get(digest),
    meet: (text: string, digest: string): Authenticated => {
      let met: Authenticated | undefined
      return async (at) => {
        if (met !== undefined) return met(at)
        met = known.get(digest) ?? (await verify(text, digest))
        return met(momentOf(source.clocks))
      }
    },
  }
}

/** By the key that signed it and its own end: at every use. */
const authenticatedBy = (signIn: SignIn, source: FactSource, keys: KeyRing<RsaKey>): Authenticated => {
  const standing = standingOf(signIn, source)
  const alive = (now: number): Standing => {
    if (now >= signIn.expiresAt) throw refused('invalid_token')
    return standing
  }
  const settle = async (kid: string): Promise<Standing> => {
    if ((await keys.find(kid)) === undefined) throw refused('invalid_token')
    return alive(source.clocks.wall())
  }
  const { kid } = signIn
  return (at) => (kid !== undefined && keys.known(kid, at.steady) === undefined ? settle(kid) : alive(at.wall))
}

const standingOf = ({ uid, authTimeSeconds }: SignIn, { store, exchange }: FactSource): Standing => {
  const principal = userRef(uid)
  const person = (tenant: TenantId) => store.kept(wantedPerson(exchange, uid, tenant))
  const signedInAt = instantOf(authTimeSeconds * 1000)
  return {
    principal,
    credential: `session:${authTimeSeconds}`,
    secret: undefined,
    kind: 'session',
    tenant: undefined,
    scopes: [],
    allowedAddresses: undefined,
    rate: undefined,
    endsAt: Infinity, // that of the ID token is checked by itself
    isRotatedAway: false,
    asker: (tenant) => {
      const staff = person(tenant)?.value?.['staff'] === true
      return { principal, session: { signedInAt, staff }, key: undefined }
    },
    assembled: new Map(),
    confirm: (tenant) => {
      const head = store.kept(wantedHead(exchange))
      if (head === undefined) throw unavailable('whether the sign-in counts is not known')
      if (isEndedBy(head.value.ends?.sessions, signedInAt)) throw refused('invalid_token')
      const fact = person(tenant)
      if (fact === undefined) throw unavailable('whether the sign-in counts is not known')
      const stands = fact.value === undefined || sessionStands(fact.value, authTimeSeconds, momentFromWire)
      if (!stands) throw refused('invalid_token')
    },
  }
}

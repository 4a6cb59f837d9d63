// Sign-ins of people: their ID token is verified here, and whether the sign-in still counts is asked where they want to do something.
import { momentFromWire } from '@latchkey/core/access/assembly/moments'
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { instantOf, isOver } from '@latchkey/core/kernel/time'
import { LRUCache } from 'lru-cache'
import { digestOf } from '../digest.ts'
import type { FactSource } from '../facts/facts-of.ts'
import { wantedPerson } from '../facts/wanted.ts'
import { refused, unavailable } from '../refused.ts'
import type { Authenticated, Standing } from '../standing.ts'
import { type SignIn, verifyIdToken } from './id-token.ts'
import type { KeyRing } from './key-ring.ts'
import type { RsaKey } from './signatures.ts'

const maxSessions = 50_000

export interface Sessions {
  readonly source: FactSource
  readonly keys: KeyRing<RsaKey>
  readonly project: string
  readonly unsigned: boolean
}

interface Known {
  readonly signIn: SignIn
  readonly standing: Standing
}

export const sessionAuthenticator = ({ source, ...expected }: Sessions) => {
  const known = new LRUCache<string, Known>({ max: maxSessions })
  const alive = ({ signIn, standing }: Known): Standing => {
    if (isOver(instantOf(signIn.expiresAt), instantOf(source.clocks.wall()))) throw refused('invalid_token')
    return standing
  }
  return (text: string): Authenticated => {
    const digest = digestOf(text)
    const settle = async (): Promise<Standing> => {
      const signIn =
        known.get(digest)?.signIn ?? (await verifyIdToken(text, { ...expected, now: source.clocks.wall() }))
      if (signIn === undefined) throw refused('invalid_token')
      if (signIn.kid !== undefined && (await expected.keys.find(signIn.kid)) === undefined)
        throw refused('invalid_token')
      const one = known.get(digest) ?? { signIn, standing: standingOf(signIn, source) }
      known.set(digest, one)
      return alive(one)
    }
    return () => {
      const one = known.get(digest)
      const kid = one?.signIn.kid
      if (one === undefined || (kid !== undefined && expected.keys.known(kid) === undefined)) return settle()
      return alive(one)
    }
  }
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
    asker: (tenant) => {
      const staff = person(tenant)?.value?.['staff'] === true
      return { principal, session: { signedInAt, staff }, key: undefined }
    },
    assembled: new Map(),
    confirm: (tenant) => {
      const fact = person(tenant)
      if (fact === undefined) throw unavailable('whether the sign-in counts is not known')
      const stands = fact.value === undefined || sessionStands(fact.value, authTimeSeconds, momentFromWire)
      if (!stands) throw refused('invalid_token')
    },
  }
}

// Keys of generated worlds, and what guardrails say of keys: the token is made of them as the product makes it.

import type { PrincipalRef } from '../../kernel/principal.ts'
import { days, type Instant, instantOf, plusSeconds } from '../../kernel/time.ts'
import { tokenOf } from '../assembly/token-facts.ts'
import * as the from '../facts.fixture.ts'
import type { Facts, Guardrail, TokenFacts } from '../facts.ts'
import { ownScopesIn } from '../meaning/scopes.ts'
import { type Draw, oneIn, picker, several } from '../worlds.fixture.ts'
import type { Kit } from './kits.fixture.ts'

const drawnScopes = ({ scopes }: Kit, draw: Draw, most: number): readonly string[] =>
  several(draw, most, () => scopes[draw(scopes.length)] ?? '')

/** Mostly none. */
export const keyCapsFrom = (kit: Kit, draw: Draw): Omit<Guardrail, 'deniedPermissions'> => {
  const pick = picker(draw)
  return {
    ...(oneIn(draw, 5) ? { maxKeyLifetime: pick(days(1), days(30)) } : {}),
    ...(oneIn(draw, 8)
      ? { keyKinds: pick<NonNullable<Guardrail['keyKinds']>>(['service'], ['personal'], ['personal', 'service'], []) }
      : {}),
    // Of the many scopes most, so that some keys keep some.
    ...(oneIn(draw, 4) ? { keyScopes: kit.scopes.filter(() => draw(3) !== 0) } : {}),
  }
}

/** A millisecond within a day, exactly a day, a millisecond more, or long ago. */
const madeAt = (draw: Draw): Instant => {
  const dayAgo = plusSeconds(the.now, days(-1))
  return picker(draw)(instantOf(the.now - 1), instantOf(dayAgo + 1), dayAgo, instantOf(dayAgo - 1))
}

/** Of whoever it is given to. */
export const keyTokenFrom = (
  kit: Kit,
  draw: Draw,
  { head, chain }: Pick<Facts, 'head' | 'chain'>,
  rest: Omit<TokenFacts, 'permissions' | 'key'>,
): ((principal: PrincipalRef) => TokenFacts) => {
  const scopes = drawnScopes(kit, draw, Math.ceil(kit.scopes.length / 2))
  const key = {
    scopes,
    ownScopes: ownScopesIn(chain, scopes),
    catalogueVersion: kit.versions[draw(kit.versions.length + 1)]?.version ?? 'unknown',
    createdAt: madeAt(draw),
    notAfter: rest.notAfter,
  }
  const versions = new Map(kit.versions.map((catalogue) => [catalogue.version, catalogue]))
  return (principal) => {
    const asker = {
      principal,
      session: undefined,
      key: {
        ...key,
        id: 'key',
        home: the.agency,
        tenant: the.agency,
        placement: undefined,
        agencyHint: undefined,
        accounts: undefined,
      },
    }
    const { permissions, notAfter } = tokenOf(asker, { chain, head, versions })
    return { ...rest, permissions, notAfter, key }
  }
}

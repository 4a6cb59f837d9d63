// What a credential contributes to the facts: what it may be used for, where, until when, and whether it was ended by one entry.
import type { Catalogue } from '../../catalogue/compile.ts'
import type { PrincipalRef } from '../../kernel/principal.ts'
import { earliest, type Instant } from '../../kernel/time.ts'
import type { NodeFacts, TokenFacts } from '../facts.ts'
import { keyEnds, scopesLeft } from '../key-caps.ts'
import { recordedScopes } from '../meaning/scopes.ts'
import type { Asker, KeyFacts } from './asker.ts'
import type { DocumentFields, MomentIn } from './documents.ts'

interface Meaning {
  readonly chain: readonly NodeFacts[]
  readonly head: Catalogue
  readonly versions: ReadonlyMap<string, Catalogue>
}

export const tokenOf = ({ key, session, principal }: Asker, { chain, head, versions }: Meaning): TokenFacts => {
  if (key === undefined)
    return {
      permissions: undefined,
      tenant: undefined,
      accounts: undefined,
      signedInAt: session?.signedInAt,
      notAfter: undefined,
    }
  return {
    permissions: recordedScopes(
      versions.get(key.catalogueVersion),
      { head, chain },
      { scopes: scopesLeft(chain, key.scopes), own: key.ownScopes },
    ),
    tenant: key.tenant,
    ...(key.placement === undefined ? {} : { placement: key.placement }),
    accounts: key.accounts,
    signedInAt: undefined,
    notAfter: earliest(key.notAfter, ...keyEnds(chain, { owner: principal, createdAt: key.createdAt })),
    key,
  }
}

/** Ended at the key's tenant or anywhere above it: what was made before is dead there and below. `entries`: its owner's grants and the policies, at those tenants. */
export const keyEnded = (
  { createdAt }: Pick<KeyFacts, 'createdAt'>,
  entries: readonly (DocumentFields | undefined)[],
  momentIn: MomentIn,
): boolean => entries.some((fields) => isEnded(createdAt, fields?.['keysNotBefore'], momentIn))

/** What an account brought along of the entries for an owner at an agency that it has left: ended there is ended here (`tenants/move`). */
export const carriedEntry = (policy: DocumentFields | undefined, owner: PrincipalRef): DocumentFields | undefined => {
  const carried = policy?.['ownersKeysNotBefore']
  if (carried === undefined) return undefined
  if (typeof carried !== 'object' || carried === null) return { keysNotBefore: null } // malformed ends, never revives
  if (!Object.hasOwn(carried, owner)) return undefined
  return { keysNotBefore: (carried as DocumentFields)[owner] } // an object with that property, as just seen
}

/** Bulk revocation is one entry: whatever was made at or before it is dead, and stays dead when its owner comes back (DESIGN.md §2). */
const isEnded = (madeAt: Instant, notBefore: unknown, momentIn: MomentIn): boolean => {
  const end = momentIn(notBefore)
  return notBefore !== undefined && (end === undefined || madeAt <= end)
}

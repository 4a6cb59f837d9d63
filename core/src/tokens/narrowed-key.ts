// What an access token leaves of the key that it came from: the key's power now, less what the token does not carry.
import type { KeyFacts } from '../access/assembly/asker.ts'
import { earliest, instantOf } from '../kernel/time.ts'
import type { AccessTokenClaims } from './access-token.ts'

export interface KeyOwner {
  readonly principal: string
  /** The key's id. */
  readonly credential: string
  readonly key: KeyFacts
}

/**
 * Scopes of both, the token's one tenant at its placement, the earlier end. A token that names somebody else, acts for somebody,
 * or is bound to a proof, was not made from this key.
 */
export const narrowedKey = (
  claims: AccessTokenClaims,
  { principal, credential, key }: KeyOwner,
): KeyFacts | undefined => {
  const foreign = claims.sub !== principal || claims.client_id !== credential
  if (foreign || claims.act !== undefined || claims.cnf !== undefined || !covers(key, claims)) return undefined
  const carried = new Set(claims.scope.split(' '))
  return {
    ...key,
    tenant: claims.tenant,
    placement: claims.plc,
    accounts: undefined, // the one account that it is for was just compared
    scopes: key.scopes.filter((scope) => carried.has(scope)),
    notAfter: earliest(key.notAfter, instantOf(claims.exp * 1000)),
  }
}

/** Narrowed to accounts, a key covers those and not its own tenant; that the tenant stands below the key's is seen in the chain. */
const covers = (key: KeyFacts, { tenant, plc }: AccessTokenClaims): boolean => {
  if (key.accounts !== undefined) return key.accounts.get(tenant) === plc
  return tenant !== key.tenant || key.placement === undefined || key.placement === plc
}

// The only way from a text to the claims of an access token: read, claims, key, signature. Shared by our doors and the SDK.
import { err, type Result } from '../kernel/result.ts'
import {
  type AccessTokenClaims,
  accessTokenType,
  type Expected,
  judgeAccessClaims,
  type TokenFault,
} from './access-token.ts'
import type { CheckSignature } from './check-es256.ts'
import { readToken } from './compact.ts'
import { judgeKey, purposeOf, type VerificationKey } from './verification-key.ts'

export interface TokenKeys {
  /** The key of this name in our own set, or undefined; rejects when the set cannot be known. The name has the right shape. */
  readonly find: (kid: string) => Promise<VerificationKey | undefined>
  readonly checkSignature: CheckSignature
}

/** Rejects only when `keys` does: not known is not the same as not valid (DESIGN.md §9, `unavailable`). */
export const verifyAccessToken = async (
  text: string,
  keys: TokenKeys,
  expected: Expected,
): Promise<Result<AccessTokenClaims, TokenFault>> => {
  const token = readToken(text)
  if (token === undefined) return err('malformed')
  const { header, claims, signed, signature } = token
  if (header.typ !== accessTokenType) return err('wrong_type')
  // A name of another shape is never looked up (CATALOGUE I-16), nor is one of another purpose.
  const purpose = purposeOf(header.kid)
  if (purpose !== 'access') return err(purpose === undefined ? 'unknown_key' : 'wrong_purpose')
  // What cannot count whoever signed it costs no signature check; what it says is believed only after one.
  const judged = judgeAccessClaims(claims, expected)
  if (!judged.ok) return judged
  const key = await keys.find(header.kid)
  if (key === undefined) return err('unknown_key')
  const usable = judgeKey(key, header, expected.now)
  if (!usable.ok) return usable
  return (await keys.checkSignature(usable.value, signature, signed)) ? judged : err('bad_signature')
}

// Display names that people give to tenants and keys: one canonical form, nothing invisible, nothing reserved.
import { type IamError, iamError } from './errors.ts'
import { err, ok, type Result } from './result.ts'

const maxLength = 100
// Control, format (zero-width, bidi overrides), private-use, unassigned and lone surrogates: never part of a name (CATALOGUE C-147, C-162).
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u
const reserved = new Set(
  ['system', 'default', '(default)', 'platform', 'latchkey', 'null', 'undefined', 'admin', 'root', '*'].concat([
    '__proto__',
    'constructor',
    'prototype',
    'nan',
    'true',
    'false',
  ]),
)

/** The NFKC form with single spaces; refuses empty, invisible, overlong and reserved names (CATALOGUE T-45). */
export const normalizeName = (raw: string, field = 'name'): Result<string, IamError> => {
  if (invisible.test(raw))
    return err(iamError('invalid_request', { field, detail: 'It contains an invisible character.' }))
  const name = raw.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  if (invisible.test(name) || name.length === 0)
    return err(iamError('invalid_request', { field, detail: 'It is empty.' }))
  if (name.length > maxLength) {
    return err(iamError('invalid_request', { field, detail: `It is longer than ${maxLength} characters.` }))
  }
  if (reserved.has(foldName(name))) return err(iamError('invalid_request', { field, detail: 'This name is reserved.' }))
  return ok(name)
}

/** The form in which two names are compared: NFKC, case-folded. */
export const foldName = (name: string): string => name.normalize('NFKC').toLowerCase().trim()

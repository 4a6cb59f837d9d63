// Display names that people give to tenants and keys: one canonical form, nothing invisible, nothing reserved.
import { type IamError, iamError } from './errors.ts'
import { err, ok, type Result } from './result.ts'

const maxLength = 100
// Control, format (zero-width, bidi overrides), private-use, unassigned, lone surrogates, and letters that are drawn as nothing
// (Hangul fillers, the blank Braille cell): never part of a name (CATALOGUE C-147, C-162). Emoji keep their variation selectors.
const invisible =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u2800]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u
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

/** Letters of two alphabets in one word: how one name is made to look like another (CATALOGUE C-162). */
const mixesScripts = (name: string): boolean =>
  name
    .split(/[^\p{L}\p{M}]+/u)
    .some(
      (word) =>
        /\p{Script=Latin}/u.test(word) &&
        /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word),
    )

/** The NFKC form with single spaces; refuses empty, invisible, overlong and reserved names (CATALOGUE T-45). */
export const normalizeName = (raw: string, field = 'name'): Result<string, IamError> => {
  if (invisible.test(raw))
    return err(iamError('invalid_request', { field, detail: 'It contains an invisible character.' }))
  const name = raw.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  if (!visible.test(name)) return err(iamError('invalid_request', { field, detail: 'It is empty.' }))
  if (name.length > maxLength) {
    return err(iamError('invalid_request', { field, detail: `It is longer than ${maxLength} characters.` }))
  }
  if (mixesScripts(name)) return err(iamError('invalid_request', { field, detail: 'One word of it mixes alphabets.' }))
  if (reserved.has(foldName(name))) return err(iamError('invalid_request', { field, detail: 'This name is reserved.' }))
  return ok(name)
}

/** The form in which two names are compared: NFKC, case-folded. */
export const foldName = (name: string): string => name.normalize('NFKC').toLowerCase().trim()

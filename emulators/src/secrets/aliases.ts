/** Checks the names by which versions of a secret may be called besides their numbers. */
import { failedPrecondition, invalidArgument } from '../wire/status.ts'
import type { SecretVersion } from './state.ts'

const ALIAS = /^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/
const RESERVED = ['latest', 'NEW']

/** @returns the aliases with the numbers of versions that exist. */
export function requireAliases(
  aliases: Readonly<Record<string, string>>,
  versions: readonly SecretVersion[],
): Record<string, number> {
  const entries = Object.entries(aliases).map(([alias, version]) => [alias, Number(version)] as const)
  if (entries.length > 50) throw invalidArgument('A secret can have at most 50 version aliases.')
  for (const [alias, number] of entries) {
    if (!ALIAS.test(alias) || RESERVED.includes(alias)) {
      throw invalidArgument(`The version alias '${alias}' does not match the expected format ${ALIAS.source}.`)
    }
    if (!versions.some((version) => version.number === number)) {
      throw failedPrecondition(`The version alias '${alias}' refers to version ${number}, which does not exist.`)
    }
  }
  return Object.fromEntries(entries)
}

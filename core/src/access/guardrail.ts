// Guardrails only narrow: what a tenant or one above it denies, nobody there may do.
import type { NodeFacts } from './facts.ts'

/** `contacts.*` denies every action of `contacts`, and nothing of `contacts/notes`. */
export const denies = (pattern: string, permission: string): boolean =>
  pattern.endsWith('.*')
    ? permission.slice(0, permission.lastIndexOf('.')) === pattern.slice(0, -2)
    : pattern === permission

/** The nearest tenant of the chain whose guardrail denies the permission. */
export const deniedBy = (chain: readonly NodeFacts[], permission: string): NodeFacts | undefined => {
  for (const node of chain) {
    for (const pattern of node.guardrail.deniedPermissions) if (denies(pattern, permission)) return node
  }
  return undefined
}

// Guardrails only narrow: what a tenant or one above it denies, nobody there may do.
import type { NodeFacts } from './facts.ts'

const denies = (pattern: string, permission: string): boolean =>
  pattern.endsWith('.*')
    ? permission.slice(0, permission.lastIndexOf('.')) === pattern.slice(0, -2)
    : pattern === permission

/** The nearest tenant of the chain whose guardrail denies the permission. */
export const deniedBy = (chain: readonly NodeFacts[], permission: string): NodeFacts | undefined =>
  chain.find((node) => node.guardrail.deniedPermissions.some((pattern) => denies(pattern, permission)))

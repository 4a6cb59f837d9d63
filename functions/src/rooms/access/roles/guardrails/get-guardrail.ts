// `roles/getGuardrail`: what a tenant denies to everybody, and what counts there together with those above.
import { getGuardrailInput, getGuardrailOutput } from '@latchkey/core/access/contract/roles'
import type { Guardrail, NodeFacts } from '@latchkey/core/access/facts'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { days } from '@latchkey/core/kernel/time'
import { operation } from '../../../../guard/definition.ts'

export const getGuardrail = () =>
  operation({
    group: 'roles',
    name: 'getGuardrail',
    summary: 'Shows the guardrail of a tenant, and what counts there with those above it.',
    input: getGuardrailInput,
    output: getGuardrailOutput,
    access: { permission: 'iam.guardrails.get' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async ({ tenant, facts }) => {
      const [node] = facts.chain
      if (node === undefined) return err(iamError('not_found'))
      return ok({ tenant, ...guardrailView(node.guardrail), effective: effectiveView(facts.chain) })
    },
  })

const daysIn = ({ maxKeyLifetime }: Guardrail): number | undefined =>
  maxKeyLifetime === undefined ? undefined : maxKeyLifetime / days(1)

/** As shown and as stored: in one order and without repetition, so that equal guardrails look alike. */
export const guardrailView = (guardrail: Guardrail) => {
  const maxKeyLifetimeDays = daysIn(guardrail)
  return {
    deniedPermissions: inOrder(guardrail.deniedPermissions),
    ...(maxKeyLifetimeDays === undefined ? {} : { maxKeyLifetimeDays }),
    ...(guardrail.keyKinds === undefined ? {} : { keyKinds: inOrder(guardrail.keyKinds) }),
    ...(guardrail.keyScopes === undefined ? {} : { keyScopes: inOrder(guardrail.keyScopes) }),
  }
}

const inOrder = <Text extends string>(texts: readonly Text[]): Text[] => [...new Set(texts)].toSorted()

/** What every list there is allows; undefined when there is none. */
const inAll = <Text extends string>(lists: readonly (readonly Text[] | undefined)[]): Text[] | undefined => {
  const [first, ...rest] = lists.filter((list) => list !== undefined)
  return first === undefined ? undefined : inOrder(first.filter((one) => rest.every((list) => list.includes(one))))
}

/** The union of all denials, each with the tenants that make it, the smallest maximum, and what all lists allow. */
const effectiveView = (chain: readonly NodeFacts[]) => {
  const patterns = new Set(chain.flatMap(({ guardrail }) => guardrail.deniedPermissions))
  const lifetimes = chain.flatMap(({ guardrail }) => daysIn(guardrail) ?? [])
  const keyKinds = inAll(chain.map(({ guardrail }) => guardrail.keyKinds))
  const keyScopes = inAll(chain.map(({ guardrail }) => guardrail.keyScopes))
  return {
    denied: [...patterns].toSorted().map((pattern) => ({
      pattern,
      tenants: chain.filter(({ guardrail }) => guardrail.deniedPermissions.includes(pattern)).map(({ id }) => id),
    })),
    ...(lifetimes.length === 0 ? {} : { maxKeyLifetimeDays: Math.min(...lifetimes) }),
    ...(keyKinds === undefined ? {} : { keyKinds }),
    ...(keyScopes === undefined ? {} : { keyScopes }),
  }
}

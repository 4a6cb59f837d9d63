// What a guardrail that is only tried out would do to keys, for whoever may list them.
import type { Facts, Guardrail } from '@latchkey/core/access/facts'
import { withNode } from '@latchkey/core/access/shaping/shape-change'
import type { Admitted } from '../../../../guard/admitted.ts'
import { mayNow } from '../../../../guard/fresh-facts.ts'
import type { ShapingDependencies } from '../dependencies.ts'
import { adopting } from '../role-uses.ts'

export const keysAffected = async (
  { facts, request, now }: Pick<Admitted<unknown>, 'facts' | 'request' | 'now'>,
  guardrail: Guardrail,
  { read, countCapped }: Pick<ShapingDependencies, 'read' | 'countCapped'>,
) => {
  const maySee = ([node, ...above]: Facts['chain']): boolean => {
    const chain = node === undefined ? above : [adopting(node, above[0]), ...above]
    return mayNow({ ...facts, chain }, 'iam.apiKeys.list', { request, now })
  }
  const after = withNode(facts, { guardrail }).chain
  const keys = await countCapped(read, { before: facts.chain, after, maySee, now })
  return keys === undefined ? {} : { keys }
}

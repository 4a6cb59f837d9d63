// Bitsets over the tree, a slice per agency: what a hand-written evaluator without codes, scopes and guardrails would be.
import { holds } from '../world/answer.ts'
import { catalogue } from '../world/catalogue.ts'
import type { Agency } from '../world/model.ts'
import { hasBit, roleBits } from './bitset-integer.ts'
import type { Contestant } from './contestant.ts'
import { type Held, indexOf } from './index-of.ts'

interface Slice {
  readonly agency: string
  readonly heldBy: ReadonlyMap<string, readonly Held[]>
}

const sliceOf = (agency: Agency): Slice => ({ agency: agency.id, heldBy: indexOf([agency]).heldBy })

export const bitsetTree: Contestant = {
  name: 'bitset over the tree',
  note: 'ids in, a slice per agency, conditions as plain code; yes or no only',
  build: ({ agencies, shapes }) => {
    const bits = roleBits(shapes)
    const slices = new Map(
      agencies.flatMap((agency) => {
        const slice = sliceOf(agency)
        return agency.accounts.map(({ id }) => [id, slice] as const)
      }),
    )
    return {
      check: (question) => {
        const slice = slices.get(question.account)
        const held = slice?.heldBy.get(question.user)
        const number = catalogue.permissionByName.get(question.permission)?.number
        if (slice === undefined || held === undefined || number === undefined) return false
        for (const { at, listed, assignment } of held) {
          const reached = at === question.account || (at === slice.agency && (listed?.has(question.account) ?? true))
          if (!reached || !hasBit(bits, assignment.shape.index, number)) continue
          if (holds(assignment, question.user, question)) return true
        }
        return false
      },
    }
  },
}

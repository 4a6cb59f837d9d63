// The upper bound: integers in, an open-addressing table from (user, account) to bits; no tree, no strings, no reasons.
import { reaches } from '../world/answer.ts'
import type { ConditionSpec, Question, RoleShape, World } from '../world/model.ts'
import type { Contestant } from './contestant.ts'

const wordsPerRole = 10
const unconditional = -1
const ownerOnly = -2

interface Pair {
  readonly user: number
  readonly account: number
  /** Role and condition, alternating. */
  readonly grants: readonly number[]
}

const codeOf = (condition: ConditionSpec | undefined): number =>
  condition === undefined ? unconditional : condition === 'owner' ? ownerOnly : condition.index

const pairsOf = ({ agencies }: World): readonly Pair[] =>
  agencies.flatMap((agency) =>
    agency.users.flatMap(({ index, assignments }) =>
      agency.accounts.flatMap((account): readonly Pair[] => {
        const reaching = assignments.filter((one) => reaches(one, account))
        const grants = reaching.flatMap((one) => [one.shape.index, codeOf(one.condition)])
        return grants.length === 0 ? [] : [{ user: index, account: account.index, grants }]
      }),
    ),
  )

export const roleBits = (shapes: readonly RoleShape[]): Uint32Array => {
  const bits = new Uint32Array(shapes.length * wordsPerRole)
  for (const { index, numbers } of shapes) {
    for (const n of numbers) {
      const word = index * wordsPerRole + (n >>> 5)
      bits[word] = (bits[word] ?? 0) | (1 << (n & 31))
    }
  }
  return bits
}

export const hasBit = (bits: Uint32Array, role: number, n: number): boolean =>
  ((bits[role * wordsPerRole + (n >>> 5)] ?? 0) & (1 << (n & 31))) !== 0

/** Slots of [user + 1, account, first grant, end of grants], probed linearly; 0 marks a free one. */
interface Table {
  readonly mask: number
  readonly slots: Int32Array
  readonly grants: Int32Array
}

const slotFor = (user: number, account: number, mask: number): number =>
  (Math.imul(user, 0x9e3779b1) ^ Math.imul(account, 0x85ebca6b)) & mask

const tableOf = (pairs: readonly Pair[]): Table => {
  const mask = 2 ** Math.ceil(Math.log2(pairs.length * 2 + 2)) - 1
  const slots = new Int32Array((mask + 1) * 4)
  const grants = new Int32Array(pairs.reduce((total, pair) => total + pair.grants.length, 0))
  let end = 0
  for (const pair of pairs) {
    let slot = slotFor(pair.user, pair.account, mask)
    while (slots[slot * 4] !== 0) slot = (slot + 1) & mask
    grants.set(pair.grants, end)
    slots.set([pair.user + 1, pair.account, end, end + pair.grants.length], slot * 4)
    end += pair.grants.length
  }
  return { mask, slots, grants }
}

export const bitsetInteger: Contestant = {
  name: 'integer bitset (upper bound)',
  note: 'integers in; reach expanded to (user, account) pairs beforehand; no tree, no explanation',
  build: (world) => {
    const bits = roleBits(world.shapes)
    const { mask, slots, grants } = tableOf(pairsOf(world))
    const { windows } = world
    const met = (code: number, { user, resource, time }: Question): boolean => {
      if (code === unconditional) return true
      if (code === ownerOnly) return resource.ownerId === user
      const window = windows[code]
      return window !== undefined && time >= window.from && time < window.until
    }
    const check = (question: Question): boolean => {
      let slot = slotFor(question.userIndex, question.accountIndex, mask)
      for (; slots[slot * 4] !== 0; slot = (slot + 1) & mask) {
        if (slots[slot * 4] !== question.userIndex + 1 || slots[slot * 4 + 1] !== question.accountIndex) continue
        const end = slots[slot * 4 + 3] ?? 0
        for (let at = slots[slot * 4 + 2] ?? 0; at < end; at += 2) {
          if (hasBit(bits, grants[at] ?? 0, question.permissionNumber) && met(grants[at + 1] ?? 0, question))
            return true
        }
        return false
      }
      return false
    }
    return { check }
  },
}

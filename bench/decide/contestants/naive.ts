// The naive baseline: Maps and Sets, one for the whole world, conditions as plain code.
import type { Contestant } from './contestant.ts'
import { indexOf, someReaching } from './index-of.ts'

export const naive: Contestant = {
  name: 'naive Maps and Sets',
  note: 'ids in, one Map of users, roles as Sets of names, conditions as plain code; yes or no only',
  build: ({ agencies, shapes }) => {
    const index = indexOf(agencies)
    const roles = new Map(shapes.map(({ name, permissions }) => [name, new Set(permissions)]))
    return {
      check: (question) =>
        someReaching(index, question, ({ shape }) => roles.get(shape.name)?.has(question.permission) === true),
    }
  },
}

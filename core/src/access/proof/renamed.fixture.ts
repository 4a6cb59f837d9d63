// The same world under other names: every drawn id, every placement and every person is called something else.
import * as the from '../facts.fixture.ts'

const given = [
  ...[the.account, the.sibling, the.agency, the.otherAgency],
  ...[the.maria, the.omar, the.robot, the.team, 'team:tea_Support000000000000000'],
  ...[the.customRole, the.composedRole, 'rol_First', 'rol_Second', 'nobody.ever'],
  ...['an older placement', 'a new placement', 'maria', 'omar'],
  ...[the.account, the.sibling, the.agency, the.otherAgency, the.platform].map((id) => `placement of ${id}`),
]

/** A bijection: each name spelt backwards behind its kind, so that `user:` and `team:` stay what they are. */
const renames: ReadonlyMap<string, string> = new Map(
  given.map((name) => {
    const kind = /^[a-z]+:/.exec(name)?.[0] ?? ''
    return [name, `${kind}~${[...name.slice(kind.length)].toReversed().join('')}`]
  }),
)

const nameOf = (name: string): string => renames.get(name) ?? (name.startsWith('asg_') ? `~${name}` : name)

export const renamed = <Value>(value: Value): Value => renamedDeep(value) as Value // of the same shape

const renamedDeep = (value: unknown): unknown => {
  if (typeof value === 'string') return nameOf(value)
  if (typeof value !== 'object' || value === null || isWhole(value)) return value
  if (Array.isArray(value)) return value.map(renamedDeep)
  if (value instanceof Map) return new Map([...value].map((pair) => pair.map(renamedDeep) as [unknown, unknown]))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamedDeep(one)]))
}

/** Catalogues, conditions, moments and permission sets (which keep their words under a symbol) name nobody. */
const isWhole = (value: object): boolean =>
  'roleByName' in value || 'holds' in value || value instanceof Date || Object.getOwnPropertySymbols(value).length > 0

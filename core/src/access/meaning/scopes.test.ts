// What scopes mean: by their mapping, by their alias, and an own permission by its very name.
import { describe, expect, test } from 'vitest'
import { compileCatalogue } from '../../catalogue/compile.ts'
import { toNumbers } from '../../catalogue/permission-set.ts'
import { scope } from '../../catalogue/small-catalogue.fixture.ts'
import * as the from '../facts.fixture.ts'
import { ownName, setOf } from '../facts.fixture.ts'
import { levelsFrom, ownScopesIn, recordedScopes, scopeIn, scopeSet, usableScopes } from './scopes.ts'

const catalogue = (version: string, ...scopes: readonly ReturnType<typeof scope>[]) =>
  compileCatalogue({
    version,
    permissions: [...the.head.permissionByName.values()],
    scopes,
    roles: [],
  })
const writing = scope('notes.write', ['notes.read', 'notes.write', 'iam.signing.list'], { aliases: ['memos.write'] })
const head = catalogue('2031-01-01', writing, scope('notes.readonly', ['notes.read'], { levels: ['agency'] }))
const chain = the.accountChain({ agency: { ownPermissions: the.ownPermissions } })
const known = { head, chain }
const without = { head, chain: the.accountChain() }

describe('one scope', () => {
  test('has the name to show, its permissions and its levels', () => {
    const meant = { name: 'notes.write', permissions: setOf('notes.read', 'notes.write', 'iam.signing.list') }
    expect(scopeIn(known, 'notes.write')).toEqual({ ...meant, levels: ['account'] })
    expect(scopeIn(known, 'memos.write')?.name).toBe('notes.write')
    expect(scopeIn(known, 'notes.readonly')?.levels).toEqual(['agency'])
  })

  test('of an own permission is that permission, while the agency has it', () => {
    expect(scopeIn(known, ownName)).toEqual({
      name: ownName,
      permissions: setOf(ownName),
      levels: ['agency', 'account'],
    })
    expect(scopeIn(without, ownName)).toBeUndefined()
  })

  test('that nobody knows is none', () => {
    expect(scopeIn(known, 'notes.fly')).toBeUndefined()
    expect(scopeIn(known, '__proto__')).toBeUndefined()
  })
})

test('several scopes allow what any of them allows, and unknown ones nothing', () => {
  expect(toNumbers(scopeSet(known, ['notes.readonly', 'nobody.knows', ownName]))).toEqual([4, 4096])
  expect(toNumbers(scopeSet(known, []))).toEqual([])
})

describe('scopes recorded at a version', () => {
  const recorded = (...scopes: readonly string[]) => ({ scopes, own: ownScopesIn(known.chain, scopes) })
  const older = catalogue('2030-01-01', scope('notes.write', ['notes.write', 'notes.share', 'notes.delete']))

  test('allow what they did then, less what was withdrawn, and own permissions while they exist', () => {
    expect(toNumbers(recordedScopes(older, known, recorded('notes.write', ownName, 'nobody.knows')))).toEqual([5, 4096])
    expect(toNumbers(recordedScopes(older, without, recorded('notes.write', ownName)))).toEqual([5])
  })

  test('of an own permission mean that very one: not another of its name, nor one of another agency', () => {
    const [node, ...above] = known.chain
    const [name, entry] = [...the.ownPermissions][0] ?? []
    const renumbered = new Map(entry === undefined ? [] : [[String(name), { ...entry, number: entry.number + 1 }]])
    const swap = (change: object) =>
      known.chain.map((one) => (one.ownPermissions.size > 0 ? { ...one, ...change } : one))
    expect([node, ...above].some((one) => (one?.ownPermissions.size ?? 0) > 0)).toBe(true)
    for (const chain of [swap({ ownPermissions: renumbered }), swap({ id: the.otherAgency })])
      expect(toNumbers(recordedScopes(older, { ...known, chain }, recorded(ownName)))).toEqual([])
  })

  test('of a version that nobody knows allow own permissions only', () => {
    expect(toNumbers(recordedScopes(undefined, known, recorded('notes.write', ownName)))).toEqual([4096])
  })
})

test('only scopes of own permissions are recorded with what they mean', () => {
  const recorded = ownScopesIn(chain, ['notes.write', ownName, 'nobody.knows'])
  expect([...recorded]).toEqual([[ownName, `${the.agency}#4096`]])
})

describe('what can be used at a tenant and below', () => {
  test('at each level those from there down', () => {
    expect(levelsFrom([the.node(the.platform, 'platform')])).toEqual(['platform', 'agency', 'account'])
    expect(levelsFrom(the.agencyChain())).toEqual(['agency', 'account'])
    expect(levelsFrom(the.accountChain())).toEqual(['account'])
    expect(levelsFrom([])).toEqual(['account'])
  })

  test('leaves out what can only be held above', () => {
    expect(toNumbers(usableScopes(known, ['notes.write']))).toEqual([4, 5])
    const above = { head, chain: [the.node(the.platform, 'platform')] }
    expect(toNumbers(usableScopes(above, ['notes.write']))).toEqual([3, 4, 5])
  })
})

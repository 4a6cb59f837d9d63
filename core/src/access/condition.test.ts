// A condition is a short, cheap question with a yes or a no; whatever else it gives is never a yes (CATALOGUE C-107).
import { describe, expect, test } from 'vitest'
import { brokenCondition, type ConditionInput, compileCondition, maxConditionLength } from './condition.ts'

const input: ConditionInput = {
  subject: { id: 'maria', department: 'sales', age: 30, regions: ['north', 'west'], active: true },
  resource: { ownerId: 'maria', properties: { stage: 'open', tags: ['a', 'b'] } },
  action: { permission: 'notes.read' },
  request: { address: '192.0.2.1' },
}
const outcome = (source: string, given = input): boolean | 'error' | string => {
  const compiled = compileCondition(source)
  return compiled.ok ? compiled.value.holds(given) : compiled.error
}

describe('C-107 a condition holds', () => {
  test.each([
    'resource.ownerId == subject.id',
    'subject.department in ["sales", "support"]',
    '"west" in subject.regions && resource.properties.stage == "open"',
    'action.permission.startsWith("notes.")',
    'request.address.startsWith("192.0.2.")',
    'has(resource.properties.stage) && !has(resource.properties.owner)',
    'subject.regions.exists(r, r == "west")',
    'resource.properties.tags.all(t, t != "secret") || subject.regions.exists(r, r == "south")',
    'subject.missing == 1 || subject.active',
    'subject.active',
  ])('%s', (source) => {
    expect(outcome(source)).toBe(true)
  })
})

describe('C-107 a condition does not hold', () => {
  test.each(['resource.ownerId == "omar"', 'subject.department == "Sales"', 'false', 'has(subject.missing)'])(
    '%s',
    (source) => {
      expect(outcome(source)).toBe(false)
    },
  )
})

describe('C-107 a condition errs, which is never a yes', () => {
  test.each([
    ['an attribute that is missing', 'subject.missing == 1'],
    ['an attribute of an attribute that is missing', 'resource.missing.deep == "x"'],
    ['two kinds of value compared', 'subject.age < "31"'],
    ['a value that is no bool', 'subject.department'],
    ['a list where a text is expected', 'subject.regions.startsWith("n")'],
    ['an index out of range', 'subject.regions[9] == "x"'],
    ['a division by zero', '1 / 0 == 1'],
    ['a negation of an error', '!(subject.missing == 1)'],
  ])('%s: %s', (_, source) => {
    expect(outcome(source)).toBe('error')
  })

  test('one that was stored and is no longer understood', () => {
    const broken = brokenCondition('true')
    expect(broken.source).toBe('true')
    expect(broken.holds(input)).toBe('error')
  })
})

describe('a condition reaches nothing but the four maps', () => {
  test.each([
    ...['subject.constructor == subject.constructor', 'subject.__proto__ == subject.__proto__'],
    ...['subject.toString == subject.toString', 'subject["constructor"] == subject["constructor"]'],
    ...['subject.regions.length == 2', 'subject.id.constructor == subject.id'],
  ])('%s', (source) => {
    expect(outcome(source)).not.toBe(true)
  })

  test.each(['"constructor" in subject', 'has(subject.__proto__)', 'has(subject.hasOwnProperty)'])('%s', (source) => {
    expect(outcome(source)).toBe(false)
  })

  test.each(['process.exit(1) == 1', 'globalThis == 1', 'now == 1', 'this == 1'])('%s does not compile', (source) => {
    expect(compileCondition(source).ok).toBe(false)
  })
})

describe('what is no condition is refused when it is written', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}subject.active${' || true)'.repeat(depth)}`
  test.each([
    ['nothing', ''],
    ['a syntax error', 'subject.id =='],
    ['a number', '1 + 1'],
    ['a text', '"yes"'],
    ['a type error', '1 == "1"'],
    ['an unknown function', 'subject.id.eval("1") == "1"'],
    ['a wrong number of arguments', 'subject.id.startsWith() '],
    ['too deep', nested(21)],
    ['too many parts', Array.from({ length: 110 }, () => 'true').join(' || ')],
    ['a long list', `subject.age in [${Array.from({ length: 51 }, (_, i) => i).join(',')}]`],
    ['a wide map', `{${Array.from({ length: 21 }, (_, i) => `"k${i}":1`).join(',')}}.k1 == 1`],
    ['more than a thousand characters', `true${' '.repeat(maxConditionLength)}`],
  ])('%s', (_, source) => {
    const compiled = compileCondition(source)
    expect(compiled.ok).toBe(false)
    if (!compiled.ok) expect(compiled.error).toMatch(/^[^\n]{5,200}$/)
  })

  test('and what is just within the limits is not', () => {
    expect(compileCondition(nested(9)).ok).toBe(true)
    expect(compileCondition(`true${' '.repeat(maxConditionLength - 4)}`).ok).toBe(true)
    expect(
      outcome(`subject.department in [${Array.from({ length: 49 }, (_, i) => `"${i}"`).join(',')}, "sales"]`),
    ).toBe(true)
  })
})

describe('a condition cannot take long, since it runs in every decision', () => {
  test.each([
    ['a pattern', 'subject.id.matches("(a+)+$")'],
    ['a pattern inside a loop', 'subject.regions.exists(r, r.matches("a"))'],
    ['a loop inside a loop', 'subject.regions.all(a, subject.regions.exists(b, a == b))'],
    ['a loop inside a loop, deeper', 'subject.regions.map(a, [a].filter(b, true))[0].size() > 0'],
    ['a loop behind a loop', 'subject.regions.map(a, a + a).map(b, b + b).size() > 0'],
    ['a loop over what a loop made', 'subject.regions.filter(a, true).exists_one(b, true)'],
    ['a name for a part', 'cel.bind(a, subject.id + subject.id, a + a == a)'],
  ])('%s is refused', (_, source) => {
    const compiled = compileCondition(source)
    expect(compiled.ok ? '' : compiled.error).toMatch(/not allowed/)
  })

  test('two loops side by side are not one inside the other', () => {
    expect(outcome('subject.regions.exists(a, a == "west") && subject.regions.all(b, b != "south")')).toBe(true)
  })

  test('a word that only looks like one is a word', () => {
    expect(outcome('subject.id != "matches(" && !has(subject.matches)')).toBe(true)
  })
})

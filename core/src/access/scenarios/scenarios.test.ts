// Every scenario file, answered by `decide`, by the explanation and by the reference: the same for all, and what the file says.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decide } from '../decide.ts'
import type { DecisionCode } from '../decision.ts'
import { explain } from '../explain/explain.ts'
import { referenceDecide } from '../reference.fixture.ts'
import { factsOfCase, type ScenarioCase, type ScenarioFile, scenarioFile } from './scenario.fixture.ts'
import { scenarioQuestion } from './scenario-facts.fixture.ts'

const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.cases.json'))
  .map((name) => [name, JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))] as const)
const read = files.map(([name, raw]) => [name, scenarioFile.parse(raw)] as const)
const all = read.flatMap(([, file]) => file.cases)

const answered = (file: ScenarioFile, one: ScenarioCase) => {
  const { question, facts, now } = scenarioQuestion(factsOfCase(file, one), one.ask, file.now)
  const why = explain(question, facts, now)
  return {
    decision: decide(question, facts, now),
    reference: referenceDecide(question, facts, now),
    told: {
      allowed: why.allowed,
      code: why.code,
      decidedBy: why.decidedBy,
      outcomes: Object.fromEntries(why.considered.map((each) => [each.assignment.slice('asg_'.length), each.outcome])),
      fixes: why.fixes.map((fix) => fix.kind),
    },
  }
}

describe.each(read)('%s', (_, file) => {
  test.each(file.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const { decision, reference, told } = answered(file, one)
    expect(told).toEqual(one.expect)
    expect(decision).toEqual({ allowed: one.expect.allowed, code: one.expect.code, permission: one.ask.permission })
    const unseen = one.expect.code === 'tenant_not_visible'
    expect(reference).toBe(one.expect.allowed ? 'allow' : unseen ? 'invisible' : 'deny')
  })
})

test('there are at least 40, each with a name of its own, and every code and outcome is among them', () => {
  expect(all.length).toBeGreaterThanOrEqual(40)
  expect(new Set(all.map((one) => one.name)).size).toBe(all.length)
  const codes: Readonly<Record<Exclude<DecisionCode, 'principal_inactive'>, true>> = {
    allowed: true,
    unknown_permission: true,
    tenant_not_visible: true,
    tenant_suspended: true,
    guardrail_denies: true,
    wrong_level: true,
    no_assignment: true,
    condition_false: true,
    condition_error: true,
    scope_missing: true,
    outside_coverage: true,
    outside_impersonation: true,
    login_too_old: true,
    not_for_machines: true,
  }
  // Somebody who is gone sees no tenant: `principal_inactive` never comes out of a decision.
  expect([...new Set(all.map((one) => one.expect.code))].sort()).toEqual(Object.keys(codes).sort())
})

test('a file that misspells a field, a tenant or a person is refused, not quietly allowed', () => {
  const [file] = read.map(([, one]) => one)
  const [first] = file?.cases ?? []
  if (file === undefined || first === undefined) throw new Error('there is no scenario')
  expect(scenarioFile.safeParse({ ...file, cases: [{ ...first, expects: {} }] }).success).toBe(false)
  const asking = (more: object) => () => answered(file, { ...first, ask: { ...first.ask, ...more } })
  expect(asking({ who: 'nobody' })).toThrow('nobody')
  expect(asking({ at: 'nowhere' })).toThrow('nowhere')
})

// For mutation runs only: 3,000 generated worlds from a fixed seed, one question each, against the reference and the code of old.
import { expect, test } from 'vitest'
import { decide } from '../core/src/access/decide.ts'
import * as the from '../core/src/access/facts.fixture.ts'
import { kits } from '../core/src/access/proof/kits.fixture.ts'
import { seededDraw } from '../core/src/access/proof/seeded.fixture.ts'
import { oneQuestion, proofWorld } from '../core/src/access/proof/world.fixture.ts'
import { referenceDecide } from '../core/src/access/reference.fixture.ts'

test('decide = reference in 3,000 worlds', () => {
  for (let index = 0; index < 3_000; index++) {
    const draw = seededDraw(1, index)
    const { facts, question } = oneQuestion(proofWorld(kits.small, draw), draw)
    const expected = referenceDecide(question, facts, the.now)
    const { allowed, code } = decide(question, facts, the.now)
    const answer = allowed ? 'allow' : code === 'tenant_not_visible' ? 'invisible' : 'deny'
    if (answer !== expected) expect(answer, `world ${index}`).toBe(expected)
  }
})

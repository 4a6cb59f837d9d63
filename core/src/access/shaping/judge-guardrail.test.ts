// Setting a guardrail: what it may deny, what must stay possible, and that nobody loosens it beyond what they hold.
import { describe, expect, test } from 'vitest'
import { compileCatalogue } from '../../catalogue/compile.ts'
import { permission, role } from '../../catalogue/small-catalogue.fixture.ts'
import { days } from '../../kernel/time.ts'
import {
  account,
  accountChain,
  agency,
  agencyChain,
  entry,
  factsOf,
  grants,
  now,
  ownName,
  ownPermissions,
} from '../facts.fixture.ts'
import type { Facts, Guardrail } from '../facts.ts'
import { namesIn } from '../meaning/permissions.ts'
import { judgeGuardrail } from './judge-guardrail.ts'

const everywhere = ['agency', 'account'] as const
const names = ['iam.tenants.get', 'iam.guardrails.get', 'iam.guardrails.set', 'iam.apiKeys.create', 'iam.roles.list']
const all = [...names, 'notes.read', 'notes.write', 'notes/files.read']
const catalogue = compileCatalogue({
  version: '2030-01-01',
  permissions: [
    ...all.map((name, i) => permission(i + 1, name, everywhere)),
    permission(20, 'iam.jobs.run', ['platform']),
  ],
  scopes: [],
  roles: [
    role('agency.owner', 'agency', all),
    role('account.owner', 'account', all),
    role('agency.admin', 'agency', ['iam.guardrails.set', 'notes.read']),
  ],
})

const denying = (...deniedPermissions: readonly string[]): Guardrail => ({ deniedPermissions })

/** Somebody with `held` at the agency, whose guardrail is `present`; asked at the agency. */
const setter = (present: Guardrail, held = 'agency.owner'): Facts =>
  factsOf([grants(agency, [entry(held)])], {
    head: catalogue,
    catalogueOf: () => catalogue,
    chain: agencyChain({ agency: { guardrail: present, catalogueVersion: catalogue.version, ownPermissions } }),
  })

const outcome = (facts: Facts, next: Guardrail) => {
  const judged = judgeGuardrail(facts, next, now)
  if (!judged.ok) return judged.error
  return { taken: namesIn(facts, judged.value.taken), given: namesIn(facts, judged.value.given) }
}

describe('a guardrail', () => {
  test('takes away exactly what it denies, own permissions too', () => {
    expect(outcome(setter(denying()), denying('notes.*', ownName))).toEqual({
      taken: ['notes.read', 'notes.write', ownName],
      given: [],
    })
  })

  test.each(['notes.vanish', 'vanished.*', 'iam.*', 'iam.jobs.run', 'iam.jobs.*'])(
    'C-114 names what exists here or below: %s does not',
    (pattern) => {
      expect(outcome(setter(denying()), denying('notes.read', pattern))).toMatchObject({
        code: 'invalid_request',
        field: 'deniedPermissions[1]',
      })
    },
  )

  test.each(['iam.guardrails.set', 'iam.guardrails.get', 'iam.guardrails.*', 'iam.tenants.get', 'iam.tenants.*'])(
    'does not deny what is needed to undo it: %s',
    (pattern) => {
      expect(outcome(setter(denying()), denying(pattern))).toMatchObject({
        code: 'invalid_request',
        field: 'deniedPermissions[0]',
      })
    },
  )

  test('C-112 gives back only what its setter holds', () => {
    const present = denying('notes.*')
    expect(outcome(setter(present, 'agency.admin'), denying())).toEqual({
      code: 'grant_exceeds_grantor',
      missing: ['notes.write'],
    })
    expect(outcome(setter(present, 'agency.admin'), denying('notes.write'))).toEqual({
      taken: [],
      given: ['notes.read'],
    })
    expect(outcome(setter(present), denying())).toEqual({ taken: [], given: ['notes.read', 'notes.write'] })
  })

  test('the same by another pattern changes nothing and asks for nothing', () => {
    const admin = setter(denying('notes.*'), 'agency.admin')
    expect(outcome(admin, denying('notes.write', 'notes.read'))).toEqual({ taken: [], given: [] })
  })

  test('lets keys live longer only by the word of one who may make keys; shorter by anybody’s', () => {
    const present = { deniedPermissions: [], maxKeyLifetime: days(30) }
    const longer = { deniedPermissions: [], maxKeyLifetime: days(31) }
    const shorter = { deniedPermissions: [], maxKeyLifetime: days(29) }
    for (const next of [longer, denying()]) {
      expect(outcome(setter(present, 'agency.admin'), next)).toMatchObject({ missing: ['iam.apiKeys.create'] })
      expect(outcome(setter(present), next)).toEqual({ taken: [], given: [] })
    }
    expect(outcome(setter(present, 'agency.admin'), shorter)).toEqual({ taken: [], given: [] })
  })

  test('lets more kinds of keys or more scopes count only by the word of one who may make keys; fewer by anybody’s', () => {
    const present = { deniedPermissions: [], keyKinds: ['service'], keyScopes: [] } as const
    const admin = () => setter(present, 'agency.admin')
    for (const next of [denying(), { ...present, keyKinds: ['service', 'personal'] } as const]) {
      expect(outcome(admin(), next)).toMatchObject({ missing: expect.arrayContaining(['iam.apiKeys.create']) })
      expect(outcome(setter(present), next)).toEqual({ taken: [], given: [] })
    }
    for (const next of [present, { ...present, keyKinds: [] }])
      expect(outcome(admin(), next)).toEqual({ taken: [], given: [] })
    expect(outcome(setter(present), { ...present, keyScopes: ['no.such'] })).toMatchObject({ field: 'keyScopes[0]' })
  })

  test('of an account gives back nothing that the agency denies, and needs it held all the same', () => {
    const at = (held: string, where: 'agency' | 'account') =>
      factsOf([grants(where === 'agency' ? agency : account, [entry(held)])], {
        head: catalogue,
        catalogueOf: () => catalogue,
        chain: accountChain({
          account: { guardrail: denying('notes.write'), catalogueVersion: catalogue.version },
          agency: { guardrail: denying('notes.write'), catalogueVersion: catalogue.version },
        }),
      })
    expect(outcome(at('account.owner', 'account'), denying())).toEqual({ taken: [], given: [] })
    expect(outcome(at('agency.admin', 'agency'), denying())).toMatchObject({ missing: ['notes.write'] })
  })
})

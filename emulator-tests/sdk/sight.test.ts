// What a service may load, and what it is told: its own tenant, what is below it, and of what stands above only what reaches down.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Agency, neverWas, newKey, type TwoAgencies, twoAgencies } from '../attacks/two-agencies.ts'
import type { Actor, Answer } from '../support/world.ts'
import { authzInstance, type Instance } from './instance.ts'
import { platformVerifier, until } from './support.ts'

const notFound = { ok: false, error: { code: 'not_found' } }

describe('what a service may load', () => {
  let two: TwoAgencies
  let north: Agency
  let south: Agency
  let asker: Actor
  let below: Actor
  beforeAll(async () => {
    two = await twoAgencies()
    ;({ north, south } = two)
    asker = two.world.withKey(north.key.secret)
    below = two.world.withKey((await newKey(north.owner, north.account)).secret)
  })
  afterAll(() => two.world.close())

  it('of its own subtree is what decisions look at, and nothing else that is stored there', async () => {
    const policy = await asker.must('facts/policy', { tenant: north.account })
    expect(policy.asOf).toMatch(/^\d{4}-.*Z$/)
    expect(Object.keys(policy.document).sort()).toEqual(
      ['guardrail', 'kind', 'parentId', 'placementId', 'roles', 'status'].sort(),
    )
    const grants = await asker.must('facts/grants', {
      tenant: north.account,
      principal: `user:${north.accountAdminUid}`,
    })
    expect(Object.keys(grants.document).sort()).toEqual(['entries', 'status', 'teams'].sort())
    const person = await asker.must('facts/person', { tenant: north.account, user: north.accountAdminUid })
    expect(Object.keys(person.document ?? {})).not.toContain('accessId')
    const nobody = { tenant: north.account, principal: 'user:nobody' }
    expect((await asker.must('facts/grants', nobody)).document).toBeNull()
  })

  it('C-101 T-44 of another agency is answered like what never was', async () => {
    for (const tenant of [south.agency, south.account, neverWas(south.agency), neverWas(south.account)]) {
      expect(await asker.call('facts/policy', { tenant }), tenant).toMatchObject(notFound)
      expect(await asker.call('facts/grants', { tenant, principal: `user:${south.ownerUid}` })).toMatchObject(notFound)
      expect(await asker.call('facts/person', { tenant, user: south.ownerUid })).toMatchObject(notFound)
    }
    const stranger = await asker.must('facts/person', { tenant: north.agency, user: south.ownerUid })
    expect(stranger.document).toBeNull()
    expect((await asker.must('facts/person', { tenant: north.agency, user: 'nobodyEver' })).document).toBeNull()
  })

  it('C-101 of another agency’s credential is what is said of garbage', async () => {
    const plain = ({ asOf: _asOf, ...rest }: Answer): Answer => rest
    const inactive = { active: false, code: 'invalid_token' }
    const describe = async (credential: string) => plain(await asker.must('credentials/describe', { credential }))
    expect(await describe(south.key.secret)).toEqual(inactive)
    expect(await describe('lk_api_garbage')).toEqual(inactive)
    expect(await describe(`${north.key.secret.slice(0, -7)}aaaaaaa`)).toEqual(inactive)
    const root = async (secret: string) => plain(await asker.must('credentials/root', { id: secret.slice(7, 29) }))
    expect(await root(south.key.secret)).toEqual(inactive)
    expect(await root(`lk_api_${'0'.repeat(22)}`)).toEqual(inactive)
    // The positive control.
    expect(await describe(north.key.secret)).toMatchObject({ active: true, principal: `user:${north.ownerUid}` })
    expect(await root(north.key.secret)).toMatchObject({ active: true, credential: north.key.id })
    expect(JSON.stringify(await describe(north.key.secret))).not.toContain('hash')
  })

  it('of what stands above an account is the policy that binds it, and of grants only what reaches down to it', async () => {
    expect((await below.must('facts/policy', { tenant: north.agency })).document).toMatchObject({ kind: 'agency' })
    const other = (await north.owner.must('tenants/create', { parent: north.agency, name: 'Sister' })).tenant
    const grant = { tenant: north.agency, principal: { service: north.service }, role: 'account.viewer' }
    await north.owner.must('roles/assign', { ...grant, reach: 'listed', accounts: [north.account, other] })
    await north.owner.must('roles/assign', { ...grant, reach: 'listed', accounts: [other] })
    await north.owner.must('roles/assign', { ...grant, role: 'agency.auditor', reach: 'node' })
    const asked = { tenant: north.agency, principal: `service:${north.service}` }
    const { entries } = (await below.must('facts/grants', asked)).document
    const accounts = Object.values<Answer>(entries).map((entry) => Object.keys(entry.accounts ?? {}))
    expect(accounts).toEqual([[north.account]])
    expect(JSON.stringify(entries)).not.toContain(other)
    expect(Object.keys((await asker.must('facts/grants', asked)).document.entries)).toHaveLength(3)
    expect(await below.call('facts/policy', { tenant: other })).toMatchObject(notFound)
  })

  it('needs the permission for it', async () => {
    const plain = two.world.withKey((await newKey(north.owner, north.agency, { scopes: ['contacts.readonly'] })).secret)
    const refused = { ok: false, error: { code: 'insufficient_scope' } }
    expect(await plain.call('facts/policy', { tenant: north.account })).toMatchObject(refused)
    expect(await plain.call('credentials/describe', { credential: north.key.secret })).toMatchObject(refused)
    expect(await plain.call('events/changes', {})).toMatchObject(refused)
    expect(await north.owner.call('facts/policy', { tenant: north.account })).toMatchObject({ ok: false })
  })
})

describe('what a service is told', () => {
  let two: TwoAgencies
  let instance: Instance
  beforeAll(async () => {
    two = await twoAgencies()
    instance = await authzInstance(two.world.projectId)
  })
  afterAll(async () => {
    await instance.close()
    await two.world.close()
  })

  /** Follows for as long as the test needs it; answers what was heard so far. */
  const follow = async (credential: string, since?: string) => {
    const stop = new AbortController()
    const response = await fetch(`${instance.origin}/v1/changes${since === undefined ? '' : `?since=${since}`}`, {
      headers: { authorization: `Bearer ${credential}` },
      signal: stop.signal,
    })
    const lines: Answer[] = []
    let ended = false
    const listen = async (): Promise<void> => {
      let rest = ''
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = parts.pop() ?? ''
        lines.push(...parts.filter((part) => part !== '').map((part) => JSON.parse(part)))
      }
    }
    void listen().then(
      () => {
        ended = true
      },
      () => undefined,
    )
    await until(() => lines.length > 0, 5_000)
    return {
      status: response.status,
      lines,
      ended: () => ended,
      heard: (): readonly string[] => lines.flatMap(({ changed }) => changed ?? []),
      stop: () => stop.abort(),
    }
  }

  it('tells each of its own subtree, whoever changes it, and nobody of another agency anything', async () => {
    const { north, south, world } = two
    const all = await follow(await platformVerifier(world))
    const [mine, theirs] = [await follow(north.key.secret), await follow(south.key.secret)]
    expect(mine.lines[0]).toMatchObject({ reset: true })
    const { key, secret } = await newKey(north.owner, north.account)
    await north.owner.must('apiKeys/revoke', { tenant: north.account, key: key.key })
    await north.owner.must('roles/setGuardrail', {
      tenant: north.account,
      deniedPermissions: ['contacts.delete'],
      reason: 'told',
    })
    const { items } = await north.owner.must('roles/listAssignments', { tenant: north.account })
    await north.owner.must('roles/unassign', { tenant: north.account, assignment: items[0].assignment })
    const expected = [
      `credential:${secret.slice(7, 29)}`,
      `policy:${north.account}`,
      `grant:${north.account}/user:${north.accountAdminUid}`,
    ]
    for (const container of expected) {
      await until(() => mine.heard().includes(container), 5_000)
      await until(() => all.heard().includes(container), 5_000)
    }
    const marker = await newKey(south.owner, south.account)
    await until(() => theirs.heard().includes(`credential:${marker.secret.slice(7, 29)}`), 5_000)
    expect(theirs.heard().filter((one) => expected.includes(one))).toEqual([])
    expect(mine.heard()).not.toContain(`credential:${marker.secret.slice(7, 29)}`)
    for (const one of [all, mine, theirs]) one.stop()
  }, 30_000)

  it('tells an account of what stands above it without names, and both agencies of a move', async () => {
    const { north, south, world } = two
    const below = await follow((await newKey(north.owner, north.account)).secret)
    await world.join(north.owner, 'newcomer', { tenant: north.agency, role: 'agency.auditor', reach: 'node' })
    await until(() => below.heard().includes(`grant:${north.agency}/*`), 5_000)
    expect(below.heard().join()).not.toContain('newcomer')
    const { tenant: moving } = await north.owner.must('tenants/create', { parent: north.agency, name: 'Moving' })
    const [from, to] = [await follow(north.key.secret), await follow(south.key.secret)]
    await (await world.platformOwner()).must('tenants/move', { tenant: moving, to: south.agency, reason: 'told' })
    await until(() => from.heard().includes(`policy:${moving}`), 5_000)
    await until(() => to.heard().includes(`policy:${moving}`), 5_000)
    for (const one of [below, from, to]) one.stop()
  }, 30_000)

  it('ends the stream of whoever loses the right to listen', async () => {
    const { north } = two
    const { key, secret } = await newKey(north.owner, north.agency)
    const stream = await follow(secret)
    await north.owner.must('apiKeys/revoke', { tenant: north.agency, key: key.key })
    await until(stream.ended, 5_000)
    expect(stream.lines.at(-1)).toMatchObject({ end: expect.any(String) })
    const again = await fetch(`${instance.origin}/v1/changes`, { headers: { authorization: `Bearer ${secret}` } })
    expect(again.status).toBe(401)
  }, 30_000)

  it('tells whoever comes back what was missed, and says so when that is not known', async () => {
    const { north } = two
    const first = await follow(north.key.secret)
    await until(() => first.lines.length > 2, 5_000)
    first.stop()
    const { upTo } = first.lines.at(-1)
    const { secret } = await newKey(north.owner, north.account)
    const back = await follow(north.key.secret, upTo)
    expect(back.lines[0].reset).toBeUndefined()
    expect(back.heard()).toContain(`credential:${secret.slice(7, 29)}`)
    back.stop()
    const old = new Date(Date.now() - 16 * 60_000).toISOString().replace('Z', '000Z')
    const late = await follow(north.key.secret, old)
    expect(late.lines[0]).toMatchObject({ reset: true })
    late.stop()
  }, 30_000)

  it('says at least once a second up to when it has told everything', async () => {
    const stream = await follow(two.north.key.secret)
    const before = stream.lines.length
    const start = performance.now()
    await until(() => stream.lines.length >= before + 3, 6_000)
    expect(performance.now() - start).toBeLessThan(4_500)
    const [first, last] = [stream.lines[0].upTo, stream.lines.at(-1).upTo]
    expect(last > first).toBe(true)
    for (const { lag } of stream.lines) expect(lag).toBeLessThan(5_000)
    stream.stop()
  }, 30_000)
})

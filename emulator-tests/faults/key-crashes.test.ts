// Two hundred processes killed while keys are made, changed, rotated and revoked: nothing lost, nothing twice, nothing left over.
import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, seeded, seedOfRun, shareOfRun } from '../proof/support/random.ts'
import { type Served, serve } from '../support/framework.ts'
import { type RestFields, storedDocuments } from '../support/stored-documents.ts'
import { type Actor, type Answer, makeWorld, type World } from '../support/world.ts'

const seed = seedOfRun()
const kills = Math.ceil(200 * shareOfRun())
const atOnce = 6
const owners = 4

interface Asked {
  readonly operation: 'create' | 'update' | 'rotate' | 'cancelRotation' | 'disable' | 'revoke'
  readonly input: Answer
  readonly idempotencyKey: string
  readonly who: number
  answer?: Answer
}

const textIn = (fields: RestFields | undefined, name: string): string => String(fields?.[name]?.['stringValue'] ?? '')
const momentIn = (fields: RestFields | undefined, name: string): unknown => fields?.[name]?.['timestampValue']

describe('a killed process', () => {
  const random: Random = seeded(seed)
  const asked: Asked[] = []
  const known: { key: string; secret: string; who: number }[] = []
  let world: World
  let tenant: string
  let people: { readonly actor: Actor; readonly token: string }[]
  let answeredBefore = 0
  let ahead = 0
  /** One sign-in for both: an idempotency key is one session’s. */
  const signedIn = async (uid: string) => {
    const token = await world.idToken(uid)
    return { token, actor: world.withToken(token) }
  }
  beforeAll(async () => {
    world = await makeWorld()
    tenant = await world.agency('Northwind', 'nora')
    const nora = await signedIn('nora')
    people = [nora]
    for (let index = 1; index < owners; index++) {
      await world.join(nora.actor, `nora${index}`, { tenant, role: 'agency.owner', reach: 'subtree' })
      people.push(await signedIn(`nora${index}`))
    }
  }, 60_000)
  afterAll(() => world.close())

  const call = async (origin: string, { operation, input, idempotencyKey, who }: Asked): Promise<Answer> => {
    const response = await fetch(`${origin}/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${people[who]?.token}` },
      body: JSON.stringify({ data: { ...input, idempotencyKey } }),
    })
    const { result, error } = (await response.json()) as Answer
    return result ?? { refused: error.details.code }
  }

  /** Something to do with keys: mostly of those whose making was answered, so that much of it can succeed. */
  const drawn = (round: number): Asked[] => {
    const free = [...known]
    return Array.from({ length: atOnce }, (_, index) => {
      const idempotencyKey = `crash-${String(round).padStart(4, '0')}-${index}-of-${atOnce}-keys`
      const one = free.length > 0 && random.chance(0.6) ? free.splice(random.below(free.length), 1)[0] : undefined
      const who = one?.who ?? random.below(owners) // a person's key is rotated by that person alone
      if (one === undefined) {
        const input = { tenant, name: `Key ${round} ${index}`, scopes: ['iam/tenants.readonly'] }
        return { operation: 'create', input, idempotencyKey, who }
      }
      const operation = random.pick(['rotate', 'rotate', 'update', 'cancelRotation', 'disable', 'revoke'] as const)
      const more = { rotate: { overlapSeconds: random.pick([0, 3_600]) }, update: { name: `New ${round} ${index}` } }
      const input = { tenant, key: one.key, ...(operation in more ? more[operation as keyof typeof more] : {}) }
      return { operation, input, idempotencyKey, who }
    })
  }

  /** Connected and warm, so that a kill meets it in its work and not in its waking up. */
  const started = async (): Promise<Served> => {
    const served = await serve('apiKeys', {
      GCLOUD_PROJECT: world.projectId,
      LK_TRUSTED_HOPS: '0',
      LK_KMS_ENDPOINT: '',
      NODE_OPTIONS: '--require ./emulator-tests/proof/support/without-domains.cjs',
    })
    const warm = await fetch(`${served.origin}/list`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${people[0]?.token}` },
      body: JSON.stringify({ data: { tenant, limit: 1 } }),
    })
    expect(warm.status, await warm.text()).toBe(200)
    return served
  }

  /** By the count of answers and not by the time, so that a slow machine is hit in the same places as a fast one. */
  const killedAmid = async (served: Served, batch: readonly Asked[]): Promise<void> => {
    const wanted = random.below(batch.length)
    const answers = new EventEmitter()
    const enough = wanted === 0 ? Promise.resolve() : once(answers, String(wanted))
    let answered = 0
    const calls = batch.map(async (one) => {
      await delay(random.below(30))
      one.answer = await call(served.origin, one).catch(() => undefined)
      if (one.answer !== undefined) answers.emit(String(++answered))
    })
    await Promise.race([enough, Promise.all(calls)])
    await delay(random.below(40))
    served.kill()
    await Promise.all(calls)
  }

  it('F-12 F-14 dies two hundred times in the middle of its work', async () => {
    let next = started()
    let served = await next
    for (let round = 0; round < kills; round++) {
      next = started() // the one after comes up while this one works
      const batch = drawn(round)
      asked.push(...batch)
      await killedAmid(served, batch)
      for (const { operation, answer, who } of batch)
        if (operation === 'create' && answer?.secret !== undefined)
          known.push({ key: answer.key.key, secret: answer.secret, who })
      served = await next
    }
    served.kill()
    answeredBefore = asked.filter(({ answer }) => answer !== undefined).length
    console.log(
      `key crashes, seed ${seed}: ${kills} kills, ${asked.length} calls, ${answeredBefore} answered, ` +
        `${asked.length - answeredBefore} cut off`,
    )
    expect(asked.length - answeredBefore).toBeGreaterThan(kills / 2)
    expect(answeredBefore).toBeGreaterThan(kills / 2)
  }, 900_000)

  const leaseIsOver = (): void => {
    world.advance(121_000)
    ahead += 121_000
  }

  /** The database keeps the locks of the dead for a while: until then it is 503, which says to try again. */
  const insisted = async ({ operation, input, idempotencyKey, who }: Asked): Promise<Answer> => {
    for (let tries = 0; tries < 40; tries++) {
      const answer: Answer = await people[who]?.actor.call(`apiKeys/${operation}`, { ...input, idempotencyKey })
      if (answer.ok || !['unavailable', 'idempotency_in_progress'].includes(answer.error.code)) return answer
      if (answer.error.code === 'idempotency_in_progress') leaseIsOver()
      await delay(1_000)
    }
    throw new Error(`${operation} ${idempotencyKey} has no answer`)
  }

  it('F-12 every call, asked again with its idempotency key, has one answer: the one that it was given, where it was given one', async () => {
    leaseIsOver()
    for (const one of asked) {
      const { operation, idempotencyKey } = one
      const again = await insisted(one)
      const what = `seed ${seed}: ${operation} ${idempotencyKey} ${JSON.stringify(again)}`
      if (!again.ok) expect(['conflict', 'not_found'], what).toContain(again.error.code)
      if (one.answer !== undefined && one.answer.refused === undefined) expect(again.value, what).toEqual(one.answer)
      one.answer = again.ok ? again.value : { refused: again.error.code }
    }
  }, 600_000)

  it('INV-8 INV-14 leaves each key once and whole, one event a change, and no record without its effect', async () => {
    const documents = await storedDocuments(world.projectId)
    const under = (prefix: string) => [...documents].filter(([path]) => path.startsWith(prefix))
    const keys = under(`tenants/${tenant}/apiKeys/`)
    const audit = new Map(
      under(`tenants/${tenant}/audit/`).map(([path, fields]) => [path.split('/').at(-1) ?? '', fields]),
    )
    const outbox = new Map(under('outbox/').map(([path, fields]) => [path.slice(7), fields]))
    const credentials = new Map(
      under('credentials/').flatMap(([path, fields]) =>
        textIn(fields, 'kind') === 'api' && textIn(fields, 'tenant') === tenant
          ? [[path.slice(12), fields] as const]
          : [],
      ),
    )
    const creations = asked.filter(({ operation }) => operation === 'create')
    expect(creations.every(({ answer }) => answer?.secret !== undefined)).toBe(true)
    // 0 lost, 0 duplicated: as many keys as were asked for, each named in one answer.
    expect(keys.map(([path]) => path.split('/').at(-1)).sort()).toEqual(
      creations.map(({ answer }) => answer.key.key).sort(),
    )
    const happened = [...audit.values()]
      .map((fields) => textIn(fields, 'type'))
      .filter((type) => type.startsWith('credentials.'))
    const count = (type: string): number => happened.filter((one) => one === type).length
    expect(count('credentials.key_created')).toBe(keys.length)
    expect(count('credentials.key_rotated')).toBe(credentials.size - keys.length)
    for (const operation of ['rotate', 'cancelRotation', 'disable', 'revoke', 'update'] as const) {
      const event = {
        rotate: 'rotated',
        cancelRotation: 'rotation_cancelled',
        disable: 'disabled',
        revoke: 'revoked',
        update: 'updated',
      }
      const done = asked.filter((one) => one.operation === operation && one.answer?.refused === undefined)
      expect(count(`credentials.key_${event[operation]}`), operation).toBe(done.length)
    }
    // 0 orphaned: every document names an event that is there, every event has its frame, every secret its key.
    for (const [id, fields] of audit) {
      if (!textIn(fields, 'type').startsWith('credentials.')) continue
      expect(outbox.get(id), `${id} ${textIn(fields, 'type')}`).toBeDefined()
    }
    for (const [path, fields] of [...keys, ...[...credentials].map(([id, fields]) => [id, fields] as const)])
      expect(audit.has(textIn(fields, 'lastEvent')), path).toBe(true)
    for (const [path, fields] of keys) {
      const current = credentials.get(textIn(fields, 'credential'))
      expect(current, path).toBeDefined()
      for (const name of ['status', 'owner', 'catalogueVersion'])
        expect(textIn(current, name), path).toBe(textIn(fields, name))
      expect(momentIn(current, 'notAfter'), path).toBe(momentIn(fields, 'notAfter'))
      expect(current?.['endsAt'], path).toBeUndefined()
    }
    for (const [id, fields] of credentials) {
      const shown = documents.get(`tenants/${tenant}/apiKeys/${textIn(fields, 'key')}`)
      expect(shown, id).toBeDefined()
      if (textIn(fields, 'status') === 'revoked') continue
      const rotation = shown?.['rotation']?.['mapValue'] as { readonly fields: RestFields } | undefined
      expect([textIn(shown, 'credential'), textIn(rotation?.fields, 'old')], id).toContain(id)
      if (textIn(shown, 'credential') !== id)
        expect(momentIn(fields, 'endsAt'), id).toBe(momentIn(rotation?.fields, 'endsAt'))
    }
    // Record ↔ effect: an answer is there exactly with the event of its op id.
    const records = under('idempotency/')
    expect(records.filter(([, fields]) => fields['answer'] === undefined)).toEqual([])
    for (const [path, fields] of records) expect(audit.has(textIn(fields, 'opId')), path).toBe(true)
    expect(records.length).toBe(asked.filter(({ answer }) => answer?.refused === undefined).length)
    expect(JSON.stringify([...documents])).not.toMatch(/lk_api_[0-9A-Za-z]{30}/)
  }, 120_000)

  it('INV-5 lets exactly the secrets in that the last answer of each key says', async () => {
    world.advance(-ahead)
    const documents = await storedDocuments(world.projectId)
    const secrets = asked.flatMap(({ answer }) => (answer?.secret === undefined ? [] : [String(answer.secret)]))
    let live = 0
    for (const [index, secret] of secrets.entries()) {
      const fields = documents.get(`credentials/${secret.slice(7, 29)}`)
      const counts =
        textIn(fields, 'status') === 'active' &&
        (momentIn(fields, 'endsAt') === undefined || Date.parse(String(momentIn(fields, 'endsAt'))) > Date.now())
      if (counts) live++
      const { ok } = await world
        .withKey(secret)
        .call('tenants/get', { tenant }, { address: `10.${index >> 8}.1.${index & 255}` })
      if (!ok && counts) await delay(0)
      expect(ok || world.logs.at(-1)?.includes('rate_limited') === true, secret.slice(0, 29)).toBe(counts)
    }
    console.log(`key crashes: ${secrets.length} secrets given out, ${live} of them live`)
    expect(live).toBeGreaterThan(kills / 4)
  }, 300_000)
})

// Whoever gives power gives what they hold: every way by which power comes into the world, with random givers and random gifts.
import initial from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessOf, everyOperation, idOf } from '../../dev/generate/definitions.ts'
import { makeWorld, type World } from '../support/world.ts'
import type { Path } from './monotonic/gifts.ts'
import { drawGiver, type Giver, type Ground, makeGround, placesOf, type Receiver } from './monotonic/ground.ts'
import { paths } from './monotonic/paths.ts'
import { type Place, powerAt, publishScope } from './monotonic/power.ts'
import { makeReceivers, type Receivers } from './monotonic/receivers.ts'
import { seeded, seedOfRun, shareOfRun } from './support/random.ts'

const seed = seedOfRun()
const rounds = Math.ceil(21 * shareOfRun())
/** So many when nothing was accepted until then: a few rounds may all be drawn to be refused. */
const mostRounds = 100

/** Permissions that make power, of which no operation exists yet; an operation that comes for one fails the first test here. */
const notBuilt: Readonly<Record<string, string>> = {
  'iam.apps.register': 'apps and installations are not built yet',
  'iam.apps.rotateSecret': 'apps and installations are not built yet',
  'iam.apps.install': 'apps and installations are not built yet',
  'iam.apps.approve': 'apps and installations are not built yet',
  'iam.impersonation.start': 'impersonation is not built yet',
  'iam.impersonation.approve': 'impersonation is not built yet',
  'iam.credentials.delegate': 'no operation of its own: the path "a key made by a key" asks for it',
}

/** No scope of the published catalogue lets a key make keys; one that does is what an installation of ours could publish. */
const keyScope = {
  name: 'iam/apiKeys.write',
  title: 'Make keys',
  permissions: ['iam.apiKeys.create'],
  levels: ['agency', 'account'],
}

const allowDelegation = async (world: World, ground: Ground): Promise<void> => {
  const document = { ...initial, version: '2027-02-01', scopes: [...initial.scopes, keyScope] }
  const owner = await world.platformOwner()
  await owner.must('roles/publishCatalogue', { document, reason: 'for the proof' })
  await ground.owner().must('roles/adoptCatalogue', { tenant: ground.agency, version: document.version })
  publishScope(keyScope.name, keyScope.permissions)
}

interface Tally {
  accepted: number
  refused: number
  given: number
  readonly codes: Map<string, number>
}

describe('power', () => {
  const random = seeded(seed)
  const tallies = new Map<string, Tally>()
  let world: World
  let ground: Ground
  let receivers: Receivers

  beforeAll(async () => {
    world = await makeWorld()
    ground = await makeGround(world, random)
    await allowDelegation(world, ground)
    receivers = await makeReceivers(ground)
  }, 120_000)
  afterAll(() => world.close())

  const tallyOf = ({ name }: Path): Tally => {
    const tally = tallies.get(name) ?? { accepted: 0, refused: 0, given: 0, codes: new Map() }
    tallies.set(name, tally)
    return tally
  }

  const ableAt = async (receiver: Receiver | undefined, places: readonly Place[]) =>
    new Map(
      await Promise.all(
        places.map(async ({ tenant }) => [tenant, (await receiver?.able(tenant)) ?? new Set<string>()] as const),
      ),
    )

  /** Nothing that is new may be more than the giver held there, at that moment, without condition. */
  const judge = async (
    path: Path,
    giver: Giver,
    receiver: Receiver,
    places: readonly Place[],
    before: Map<string, ReadonlySet<string>>,
  ) => {
    const after = await ableAt(receiver, places)
    const now = world.app.clock()
    for (const place of places) {
      const fresh = [...(after.get(place.tenant) ?? [])].filter((name) => before.get(place.tenant)?.has(name) !== true)
      const held = powerAt(giver.power, place, now, {
        agency: ground.agency,
        custom: ground.custom,
        denied: ground.denied,
      })
      const what = `seed ${seed}, ${path.name} at ${place.tenant} by ${JSON.stringify(giver.power)}`
      expect(
        fresh.filter((name) => !held.has(name)),
        what,
      ).toEqual([])
      tallyOf(path).given += fresh.length
    }
  }

  const once = async (path: Path): Promise<void> => {
    const giver = await (path.giver ?? drawGiver)(ground)
    const ready = await path.ready(ground, giver, receivers)
    const before = await ableAt(ready.before, placesOf(ground))
    const minted = await ready.mint()
    const tally = tallyOf(path)
    const code = minted.ok ? 'accepted' : minted.error.code
    tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1)
    if (minted.ok) {
      tally.accepted++
      const { receiver, place } = minted.value
      const places = place === undefined ? placesOf(ground) : [...placesOf(ground), place]
      await judge(path, giver, receiver, places, before)
      if (giver.end !== undefined) {
        const ahead = Math.max(0, giver.end - world.app.clock()) + 1
        world.advance(ahead)
        await judge(path, giver, receiver, places, before)
        world.advance(-ahead)
      }
    } else {
      tally.refused++
      const { code: refusal, missing = [], field } = minted.error
      expect(['internal', 'unavailable', 'rate_limited', 'limit_exceeded'], `${path.name} ${field}`).not.toContain(
        refusal,
      )
      // A key's life has an end of its own to be refused by, which is no permission.
      const named =
        ['grant_exceeds_grantor', 'permission_denied', 'insufficient_scope'].includes(refusal) && field !== 'expiresAt'
      if (named)
        expect(missing.length, `seed ${seed}, ${path.name}: ${JSON.stringify(minted.error)}`).toBeGreaterThan(0)
    }
    await ready.after?.()
  }

  it('C-103 every operation that makes power has its path here', async () => {
    const minting = new Set(
      initial.permissions.filter((entry) => 'mints' in entry && entry.mints).map(({ name }) => name),
    )
    const operations = (await everyOperation()).map((one) => [idOf(one), accessOf(one).permission ?? ''] as const)
    const registered = new Set(paths.flatMap((path) => path.operations))
    const makers = operations.filter(([, permission]) => minting.has(permission))
    expect(makers.length).toBeGreaterThan(6)
    expect(makers.map(([operation]) => operation).filter((operation) => !registered.has(operation))).toEqual([])
    const without = [...minting].filter((name) => !makers.some(([, permission]) => permission === name))
    expect(without.sort()).toEqual(Object.keys(notBuilt).sort())
    const known = new Set(operations.map(([operation]) => operation))
    expect([...registered].filter((operation) => !known.has(operation))).toEqual([])
  })

  it.each(paths.map((path) => [path.name, path] as const))(
    'C-103 C-007 INV-3 %s is never more than the giver holds there, nor longer',
    async (_name, path) => {
      const isMore = (round: number) => round < rounds || (tallyOf(path).accepted === 0 && round < mostRounds)
      for (let round = 0; isMore(round); round++) await once(path)
      expect(tallyOf(path).accepted, `seed ${seed} ${JSON.stringify([...tallyOf(path).codes])}`).toBeGreaterThan(0)
    },
    120_000,
  )

  it('was made in number, given and refused', () => {
    const all = [...tallies.values()]
    const sum = (pick: (tally: Tally) => number): number => all.reduce((total, tally) => total + pick(tally), 0)
    const told = [...tallies].map(([name, { accepted, refused, given }]) => `${name} ${accepted}/${refused} (${given})`)
    const [accepted, refused] = [sum((one) => one.accepted), sum((one) => one.refused)]
    console.log(
      `monotonic privilege, seed ${seed}: ${accepted + refused} mints, ${accepted} accepted, ${refused} refused, ` +
        `${sum((one) => one.given)} permissions given; by path accepted/refused (given): ${told.join(', ')}`,
    )
    expect(accepted + refused).toBeGreaterThanOrEqual(300 * shareOfRun())
    expect(accepted).toBeGreaterThan(100 * shareOfRun())
    expect(refused).toBeGreaterThan(80 * shareOfRun())
    expect(sum((one) => one.given)).toBeGreaterThan(1_000 * shareOfRun())
  })
})

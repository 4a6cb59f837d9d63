// Fills a fresh stack with a believable world, through the same pipeline that serves everybody; ids are the same in every fresh stack.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { instantOf, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { type App, createApp } from '../functions/src/app.ts'
import { keyOperations } from '../functions/src/groups/credentials.ts'
import { foundPlatform } from '../functions/src/groups/found-platform.ts'
import { operations as memberOperations } from '../functions/src/groups/members.ts'
import { operations as resourceOperations } from '../functions/src/groups/resources.ts'
import { operations as roleOperations } from '../functions/src/groups/roles.ts'
import { keyRotation } from '../functions/src/groups/signing.ts'
import { operations as teamOperations } from '../functions/src/groups/teams.ts'
import { operations as tenantOperations } from '../functions/src/groups/tenants.ts'
import { idDrawer } from '../functions/src/platform/random.ts'
import { type Act, actingAs, enrol, type Operations, signIn } from './demo/actors.ts'
import { type BuiltAgency, buildAgency, type Cast } from './demo/build-agency.ts'
import { furnishAgency } from './demo/furnish-agency.ts'
import { type DemoKey, makeKeys } from './demo/make-keys.ts'
import { cedar, demoPassword, northwind, people, platformOwner } from './demo/world.ts'
import type { Endpoints } from './stack/endpoints.ts'

const fiftyDays = 50 * 86_400_000
const twentyMinutes = 20 * 60_000

export async function seed(endpoints: Endpoints, say: (line: string) => void): Promise<void> {
  pointClientsAt(endpoints)
  const app = demoApp(endpoints, 0)
  const then = demoApp(endpoints, -fiftyDays)
  const document = readCatalogue(catalogue)
  if (!document.ok) throw new Error('The catalogue is malformed.')
  const founded = await foundPlatform(app, document.value, platformOwner.email)
  if (founded === undefined) throw new Error('This stack was seeded before.')
  const platformSecret = founded.provisionerSecret
  say(`catalogue ${document.value.version}, platform and its provisioner`)
  await makeSigningKeys(endpoints)
  say('signing keys')
  const tokens = await enrolEverybody(endpoints)
  const ops = operationsOf(app)
  const person = (uid: string): Act => actingAs(app, ops, { transport: 'callable', bearer: tokens.get(uid) ?? '' })
  const cast: Cast = {
    person,
    provisioner: actingAs(app, ops, { transport: 'http', bearer: platformSecret }),
    emailOf: (uid) => people.find((one) => one.uid === uid)?.email ?? '',
    nameOf: (uid) => people.find((one) => one.uid === uid)?.name ?? '',
  }
  await person(platformOwner.uid)('members/acceptInvitation', { secret: founded.ownerInvitation })
  const built = { northwind: await buildAgency(northwind, cast), cedar: await buildAgency(cedar, cast) }
  await furnishAgency(built.northwind, person(northwind.owner), ['demoJonas'])
  say('two agencies with their accounts, people, teams and roles')
  const ownerThen = actingAs(then, operationsOf(then), {
    transport: 'callable',
    bearer: tokens.get(northwind.owner) ?? '',
  })
  const keys = await makeKeys(built.northwind, {
    owner: person(northwind.owner),
    ownerThen,
    accountAdmin: person('demoLena'),
  })
  say('API keys in every state')
  writeDemo(endpoints, { built, keys, platformSecret })
  await Promise.all([app.store.close(), then.store.close()])
}

const pointClientsAt = (endpoints: Endpoints): void => {
  process.env['FIRESTORE_EMULATOR_HOST'] = endpoints.firestore
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = endpoints.auth.replace('http://', '')
  process.env['METADATA_SERVER_DETECTION'] = 'none'
}

/** Ids drawn from a counter: the same in every fresh stack, so that documentation and bookmarks stay true. Secrets are always random. */
const countedIds = (offset: number) => {
  let count = 0
  return idDrawer((size) =>
    new Uint8Array(createHash('sha256').update(`latchkey demo ${offset} ${count++}`).digest()).slice(0, size),
  )
}

const demoApp = (endpoints: Endpoints, offset: number): App =>
  createApp(
    {
      GCLOUD_PROJECT: endpoints.projectId,
      FIRESTORE_EMULATOR_HOST: endpoints.firestore,
      LK_KMS_ENDPOINT: endpoints.kms,
    },
    {
      clock: () => instantOf(Date.now() + offset),
      drawId: countedIds(offset),
      log: () => undefined,
      publish: async () => undefined,
    },
  )

/** Long enough ago that everybody has heard of the standby: a rotation can be tried at once. */
const makeSigningKeys = async (endpoints: Endpoints): Promise<void> => {
  const app = demoApp(endpoints, -twentyMinutes)
  // No run of the schedule: its record would say that jobs began twenty minutes ago and that the others are late.
  const until = plusSeconds(app.clock(), minutes(4))
  await keyRotation(app).run({ now: app.clock(), runId: 'seed', until, place: undefined, reached: async () => true })
  await app.store.close()
}

const operationsOf = (app: App): Operations =>
  new Map(
    [tenantOperations, memberOperations, teamOperations, roleOperations, resourceOperations, keyOperations]
      .flatMap((make) => make(app))
      .map((definition) => [`${definition.group}/${definition.name}`, definition]),
  )

const enrolEverybody = async (endpoints: Endpoints): Promise<ReadonlyMap<string, string>> => {
  const tokens = new Map<string, string>()
  for (const one of people) {
    await enrol(endpoints, one)
    tokens.set(one.uid, await signIn(endpoints, one.email))
  }
  return tokens
}

interface World {
  readonly built: { readonly northwind: BuiltAgency; readonly cedar: BuiltAgency }
  readonly keys: readonly DemoKey[]
  readonly platformSecret: string
}

/** `.local/demo.json`: everything that an outside client needs to try the product. */
const writeDemo = (endpoints: Endpoints, { built, keys, platformSecret }: World): void => {
  const [verifier] = keys
  const demo = {
    agencies: built,
    people: people.map(({ uid, who, name, email }) => ({ uid, who, name, email, password: demoPassword })),
    logins: people.map(({ who, email }) => ({ who, email, password: demoPassword })),
    keys,
    apiKey: verifier?.secret,
    provisionerKey: platformSecret,
    curl: `curl -s ${endpoints.functions}/authz/v1/credentials/verify -H "Authorization: Bearer ${verifier?.secret}" -H "Content-Type: application/json" -d '{"credential":"${keys[1]?.secret}","permissions":["contacts.read"]}'`,
  }
  writeFileSync(join(endpoints.stateDir, 'demo.json'), `${JSON.stringify(demo, undefined, 2)}\n`, { mode: 0o600 })
}

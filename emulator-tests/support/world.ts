// A world of its own for one test file: an app on a project id of its own, a settable clock, and two agencies that never touch.
import { randomUUID } from 'node:crypto'
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { Result } from '@latchkey/core/kernel/result'
import { instantOf } from '@latchkey/core/kernel/time'
import { enrol, signIn } from '../../dev/demo/actors.ts'
import { type App, createApp, type Replaced } from '../../functions/src/app.ts'
import { operations as accessOperations } from '../../functions/src/groups/access.ts'
import {
  operations as auditOperations,
  pathOperations as auditPathOperations,
} from '../../functions/src/groups/audit.ts'
import { operations as authzenOperations } from '../../functions/src/groups/authzen.ts'
import { operations as changeOperations } from '../../functions/src/groups/changes.ts'
import { keyOperations, pathOperations, verifyOperations } from '../../functions/src/groups/credentials.ts'
import { operations as factOperations } from '../../functions/src/groups/facts.ts'
import { foundPlatform } from '../../functions/src/groups/found-platform.ts'
import { operations as jobOperations } from '../../functions/src/groups/jobs.ts'
import { operations as memberOperations } from '../../functions/src/groups/members.ts'
import { operations as notificationOperations } from '../../functions/src/groups/notifications.ts'
import { operations as resourceOperations } from '../../functions/src/groups/resources.ts'
import { operations as roleOperations } from '../../functions/src/groups/roles.ts'
import { operations as signingOperations } from '../../functions/src/groups/signing.ts'
import { operations as teamOperations } from '../../functions/src/groups/teams.ts'
import { operations as tenantOperations } from '../../functions/src/groups/tenants.ts'
import { operations as webhookOperations } from '../../functions/src/groups/webhooks.ts'
import type { AnyOperation } from '../../functions/src/guard/definition.ts'
import type { Call } from '../../functions/src/guard/passage.ts'
import { pass } from '../../functions/src/guard/pipeline.ts'
import type { Clock } from '../../functions/src/platform/clock.ts'
import type { Store } from '../../functions/src/platform/store/open.ts'
import { clearFirestore, endpoints } from './stack.ts'
import { watchedBy } from './stored-documents.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of many operations; tests assert on their fields.
export type Answer = any

/** One caller at one door. Answers the whole result; `must` throws the code when refused. */
export interface Actor {
  readonly call: (operation: string, input: unknown, more?: Partial<Call>) => Promise<Result<Answer, IamError>>
  readonly must: (operation: string, input: unknown, more?: Partial<Call>) => Promise<Answer>
}

export interface World {
  readonly projectId: string
  readonly app: App
  readonly operations: ReadonlyMap<string, AnyOperation>
  /** Moves the domain clock; ID tokens stay on real time. */
  readonly advance: (milliseconds: number) => void
  readonly logs: readonly string[]
  /** Enrols (once) and signs in a person with a verified mailbox. */
  readonly person: (uid: string) => Promise<Actor>
  readonly idToken: (uid: string) => Promise<string>
  readonly withToken: (token: string) => Actor
  readonly withKey: (secret: string) => Actor
  readonly anonymous: Actor
  readonly provisioner: Actor
  /** Takes up the platform's founding invitation at its first use; may do everything, everywhere. */
  readonly platformOwner: () => Promise<Actor>
  /** Founds an agency whose owner is `uid`; answers its id. */
  readonly agency: (name: string, owner: string) => Promise<string>
  /** Invites `uid` with a role and accepts. */
  readonly join: (inviter: Actor, uid: string, invitation: object) => Promise<void>
  readonly close: () => Promise<void>
}

const platformOwnerUid = 'platformowner'

export const mailOf = (uid: string): string => `${uid.toLowerCase()}@people.example`

export const allOperations = (app: App): ReadonlyMap<string, AnyOperation> =>
  new Map(
    [
      tenantOperations,
      memberOperations,
      teamOperations,
      roleOperations,
      resourceOperations,
      accessOperations,
      keyOperations,
      verifyOperations,
      pathOperations,
      authzenOperations,
      factOperations,
      changeOperations,
      signingOperations,
      jobOperations,
      auditOperations,
      auditPathOperations,
      webhookOperations,
      notificationOperations,
    ]
      .flatMap((make) => make(app))
      .map((definition) => [`${definition.group}/${definition.name}`, definition]),
  )

export const actor = (
  app: App,
  operations: World['operations'],
  base: Partial<Call> & Pick<Call, 'transport'>,
): Actor => {
  const call: Actor['call'] = async (name, input, more = {}) => {
    const definition = operations.get(name)
    if (definition === undefined) throw new Error(`no operation ${name}`)
    const body = new TextEncoder().encode(JSON.stringify(base.transport === 'callable' ? { data: input } : input))
    const whole: Call = {
      authorization: [],
      contentType: 'application/json',
      idempotencyKey: undefined,
      address: '127.0.0.1',
      body,
      ...base,
      ...more,
    }
    return (await pass(whole, definition, app.guard)).result as Result<Answer, IamError>
  }
  return {
    call,
    must: async (name, input, more) => {
      const result = await call(name, input, more)
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`)
      return result.value
    },
  }
}

export interface WorldOptions extends Replaced {
  /** For a store of one's own: through a proxy, or wrapped; the project is only known here. */
  readonly storeOf?: (projectId: string, clock: Clock) => Store
  /** For a KMS of one's own, whose faults disturb nobody else: `host:port`. */
  readonly kms?: string
  /** Settings beside those of every world. */
  readonly env?: Readonly<Record<string, string>>
}

export const makeWorld = async ({
  storeOf,
  kms = endpoints.kms,
  env = {},
  ...replaced
}: WorldOptions = {}): Promise<World> => {
  const projectId = `demo-${randomUUID().slice(0, 13)}`
  await clearFirestore(projectId) // a stack restarted from an export gives every new project a copy of it
  let offset = 0
  const clock: Clock = () => instantOf(Date.now() + offset)
  const logs: string[] = []
  const app = createApp(
    {
      GCLOUD_PROJECT: projectId,
      FIRESTORE_EMULATOR_HOST: endpoints.firestore,
      LK_INVOKER_TOKEN: 'b1946ac92492d2347c6235b4d2611184',
      LK_KMS_ENDPOINT: kms,
      ...env,
    },
    {
      clock,
      log: (severity, message, facts) => void logs.push(JSON.stringify({ severity, message, ...facts })),
      publish: async () => undefined,
      enqueue: async () => undefined,
      ...(storeOf === undefined ? {} : { store: storeOf(projectId, clock) }),
      ...replaced,
    },
  )
  watchedBy(projectId, app.store.cache)
  const operations = allOperations(app)
  const document = readCatalogue(catalogue)
  if (!document.ok) throw new Error('malformed catalogue')
  const founded = await foundPlatform(app, document.value, mailOf(platformOwnerUid))
  if (founded === undefined) throw new Error(`${projectId} is not fresh`)
  const enrolled = new Set<string>()
  const idToken = async (uid: string): Promise<string> => {
    if (!enrolled.has(uid))
      await enrol({ auth: endpoints.auth, projectId }, { uid, who: uid, name: uid, email: mailOf(uid) })
    enrolled.add(uid)
    return signIn({ auth: endpoints.auth, projectId }, mailOf(uid))
  }
  const withToken = (token: string) =>
    actor(app, operations, { transport: 'callable', authorization: [`Bearer ${token}`] })
  const withKey = (secret: string) => actor(app, operations, { transport: 'http', authorization: [`Bearer ${secret}`] })
  const person = async (uid: string) => withToken(await idToken(uid))
  let owned = false
  const platformOwner = async (): Promise<Actor> => {
    const owner = await person(platformOwnerUid)
    if (!owned) await owner.must('members/acceptInvitation', { secret: founded.ownerInvitation })
    owned = true
    return owner
  }
  const provisioner = withKey(founded.provisionerSecret)
  return {
    projectId,
    app,
    operations,
    logs,
    idToken,
    withToken,
    withKey,
    person,
    provisioner,
    platformOwner,
    advance: (milliseconds) => {
      offset += milliseconds
    },
    anonymous: actor(app, operations, { transport: 'callable' }),
    agency: async (name, owner) => {
      const founded = await provisioner.must('tenants/create', { parent: 'platform', name, ownerEmail: mailOf(owner) })
      await (await person(owner)).must('members/acceptInvitation', { secret: founded.invitation.secret })
      return founded.tenant
    },
    join: async (inviter, uid, invitation) => {
      const invited = await inviter.must('members/invite', { email: mailOf(uid), ...invitation })
      await (await person(uid)).must('members/acceptInvitation', { secret: invited.secret })
    },
    close: async () => {
      await app.store.close() // a transaction that is still open would keep the emulator from clearing
      await clearFirestore(projectId)
    },
  }
}

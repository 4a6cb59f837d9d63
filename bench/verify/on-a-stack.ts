// What needs a running stack: a key that nobody has seen, and the question over HTTP. An agency of its own, removed afterwards.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSecret } from '../../core/src/credentials/secret-format.ts'
import { authzInstance } from '../../emulator-tests/sdk/instance.ts'
import { bearing, platformVerifier, sdkOf } from '../../emulator-tests/sdk/support.ts'
import { serve } from '../../emulator-tests/support/framework.ts'
import { makeWorld, type World } from '../../emulator-tests/support/world.ts'
import type { Contest, Contestant } from './contestant.ts'

export interface OnStack {
  readonly contests: readonly Contest[]
  /** The SDK with everything loaded: contestants for keys, and for access tokens. */
  readonly warm: { readonly key: Contestant; readonly token: Contestant }
  /** Throws when the warm SDK called anything. */
  readonly holdToSilence: () => void
  readonly close: () => Promise<void>
}

const keyCount = 50
const scopes = ['contacts.readonly']
const permissions = ['contacts.read']
const project = new URL('../../', import.meta.url).pathname

export const onStack = async (): Promise<OnStack> => {
  const world = await makeWorld()
  const owner = `bench${randomUUID().slice(0, 8)}`
  const agency = await world.agency('Bench', owner)
  const person = await world.person(owner)
  const account: string = (await person.must('tenants/create', { parent: agency, name: 'Bench' })).tenant
  const newKey = (more: readonly string[]) =>
    person.must('apiKeys/create', { tenant: agency, name: 'Bench', scopes: [...scopes, ...more] })
  const asker: string = (await newKey(['iam/credentials.verify'])).secret
  const secrets: string[] = []
  for (let made = 0; made < keyCount; made++) secrets.push((await newKey([])).secret)
  const secretAt = (index: number): string => secrets[index % keyCount] ?? ''

  const folder = mkdtempSync(join(project, '.build', 'bench-'))
  writeFileSync(
    join(folder, 'index.js'),
    "import { http } from '@google-cloud/functions-framework'\nhttp('empty', (_request, response) => response.json({ active: true }))\n",
  )
  const empty = await serve('empty', {}, folder)
  const authz = await serve('authz', { GCLOUD_PROJECT: world.projectId, LK_KMS_ENDPOINT: '' })

  const ask = async (origin: string, index: number): Promise<boolean> => {
    const response = await fetch(`${origin}/v1/credentials/verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asker}`, 'content-type': 'application/json' },
      body: JSON.stringify({ credential: secretAt(index), permissions, tenant: account }),
    })
    const answer = (await response.json()) as { active?: boolean; permissions?: readonly { allowed: boolean }[] }
    return answer.active === true && answer.permissions?.[0]?.allowed !== false
  }
  for (let index = 0; index < keyCount; index++) await ask(authz.origin, index)
  const http: readonly Contestant[] = [
    {
      name: 'empty function',
      note: 'functions-framework with the same request, answering a constant',
      inFlight: 32,
      ask: (index) => ask(empty.origin, index),
    },
    {
      name: '`POST /v1/credentials/verify`, warm',
      note: 'the asker authenticated and allowed, the key judged, one permission decided; no store read',
      inFlight: 32,
      ask: (index) => ask(authz.origin, index),
    },
  ]

  const instance = await authzInstance(world.projectId)
  const calls: string[] = []
  const latchkey = sdkOf(world, instance, { credential: await platformVerifier(world), calls })
  await latchkey.ready()
  const tokens: string[] = []
  for (const secret of secrets) tokens.push(await exchanged(world, secret, account)) // a burst of one tenant would be told to wait
  // A request has its header before it is asked about: to put one together is no part of it.
  const arriving = new Map([...secrets, ...tokens].map((text) => [text, flat(bearing(text))]))
  const asks = async (text: string): Promise<boolean> => {
    await (await latchkey.authenticate(arriving.get(text) ?? bearing(text))).require('contacts.read', {
      tenant: account,
    })
    return true
  }
  for (const text of [...secrets, ...tokens]) await asks(text)
  calls.length = 0
  const inProcess =
    'the credential’s digest, its dates, its owner’s power and one permission, decided in process with the feed open'
  const warm = {
    key: {
      name: 'Latchkey SDK, `authenticate` and `require`',
      note: inProcess,
      ask: (index: number) => asks(secretAt(index)),
    },
    token: {
      name: 'Latchkey SDK, `authenticate` and `require`',
      note: inProcess,
      ask: (index: number) => asks(tokens[index % keyCount] ?? ''),
    },
  }

  const { read } = world.app.store
  const store: readonly Contestant[] = [
    {
      name: 'one bare Firestore read',
      note: 'one document by its id from the emulator',
      inFlight: 16,
      ask: async (index) => (await read.getAll([`credentials/${parseSecret(secretAt(index))?.id}`]))[0] !== undefined,
    },
    {
      name: 'our cold key',
      note: 'the credential by its id, its digest compared, its dates judged: one read',
      inFlight: 16,
      ask: async (index) => {
        const secret = parseSecret(secretAt(index))
        if (secret === undefined) return false
        return (await world.app.guard.authenticateKey(read, secret, world.app.clock())) !== undefined
      },
    },
  ]
  return {
    warm,
    holdToSilence: () => {
      // The feed is one call that stays open; keys are looked at again in the background every few minutes.
      const asked = calls.filter((url) => !url.endsWith('/v1/changes') && !url.includes('jwks'))
      if (asked.length > 0) throw new Error(`The warm SDK called ${asked.length} times, first ${asked[0]}`)
    },
    contests: [
      {
        heading: 'An API key that was not seen before',
        explanation: 'Fifty keys in turn, on the Firestore emulator.',
        contestants: store,
      },
      {
        heading: 'Over HTTP, 32 in flight',
        explanation: 'One process each under functions-framework; the caller shares the machine.',
        contestants: http,
      },
    ],
    close: async () => {
      await latchkey.close()
      await instance.close()
      empty.stop()
      authz.stop()
      rmSync(folder, { recursive: true })
      await world.close()
    },
  }
}

/** As a parser hands it out, in one piece. */
const flat = ({ headers }: ReturnType<typeof bearing>): ReturnType<typeof bearing> => ({
  headers: { authorization: Buffer.from(headers.authorization).toString('latin1') },
})

const exchanged = async (world: World, secret: string, tenant: string): Promise<string> => {
  const answer = await world
    .withKey(secret)
    .must('credentials/exchange', { audience: 'https://calendar.example', tenant })
  return answer.access_token
}

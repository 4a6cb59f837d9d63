// What needs a running stack: a key that nobody has seen, and the question over HTTP. An agency of its own, removed afterwards.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSecret } from '../../core/src/credentials/secret-format.ts'
import { serve } from '../../emulator-tests/support/framework.ts'
import { makeWorld } from '../../emulator-tests/support/world.ts'
import type { Contest, Contestant } from './contestant.ts'

export interface OnStack {
  readonly contests: readonly Contest[]
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
      body: JSON.stringify({ credential: secretAt(index), permissions }),
    })
    const answer = (await response.json()) as { active?: boolean }
    return answer.active === true
  }
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
      empty.stop()
      authz.stop()
      rmSync(folder, { recursive: true })
      await world.close()
    },
  }
}

// An API key that was seen before: from the text to who stands behind it.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import type { Contest, Contestant } from './contestant.ts'

const count = 1_000
const secrets = Array.from({ length: count }, () => `lk_api_${randomBytes(48).toString('base64url')}`)
const secretAt = (index: number): string => secrets[index % count] ?? ''

const digested = (name: string, note: string, digest: (secret: string) => string): Contestant => {
  const known = new Map(secrets.map((secret) => [digest(secret), { owner: 'service' }]))
  return { name, note, ask: (index) => known.get(digest(secretAt(index)))?.owner === 'service' }
}

const sha256Map = digested('SHA-256 and a Map (limit)', 'a digest and a look-up, nothing judged', (secret) =>
  createHash('sha256').update(secret).digest('base64'),
)

const pepper = randomBytes(32)
const hmacMap = digested('HMAC and a Map', 'the same with a server-side key', (secret) =>
  createHmac('sha256', pepper).update(secret).digest('base64'),
)

/** Its own hashing, look-up, expiry, use counting and permissions, over the memory adapter that it ships. */
const betterAuthKeys = async (): Promise<Contestant> => {
  const tables: Record<string, Record<string, unknown>[]> = {
    user: [],
    session: [],
    account: [],
    verification: [],
    apikey: [],
  }
  const auth = betterAuth({
    secret: randomBytes(32).toString('hex'),
    baseURL: 'http://localhost',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false }, enableMetadata: false })],
  })
  const { user } = await auth.api.signUpEmail({
    body: { name: 'Ada', email: 'ada@bench.example', password: randomBytes(12).toString('hex') },
  })
  const keys: string[] = []
  for (let made = 0; made < 100; made++) {
    keys.push((await auth.api.createApiKey({ body: { name: `key ${made}`, userId: user.id } })).key)
  }
  return {
    name: 'better-auth API keys, memory',
    note: '`verifyApiKey` over its memory adapter with a hundred keys, its rate limit off; it counts each use',
    ask: async (index) => (await auth.api.verifyApiKey({ body: { key: keys[index % keys.length] ?? '' } })).valid,
  }
}

export const apiKeys = async (ours: Contestant): Promise<Contest> => ({
  heading: 'An API key that was seen before',
  explanation: 'A thousand keys in turn; ours fifty, and with a permission decided.',
  contestants: [sha256Map, ours, hmacMap, await betterAuthKeys()],
})

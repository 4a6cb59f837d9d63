// A service beside a Latchkey of this process: one account, one key that may read contacts, and clocks that are set.
import catalogue from '@latchkey/core/catalogue/data/2026-11-01.json' with { type: 'json' }
import { formatSecret } from '@latchkey/core/credentials/secret-format'
import type { CredentialId } from '@latchkey/core/kernel/ids'
import { createLatchkey } from './create-latchkey.ts'
import type { LatchkeyOptions } from './options.ts'

const begin = 1_900_000_000_000
export const account = `acc_${'1'.repeat(22)}`
const service = `service:svc_${'1'.repeat(22)}`
const issuer = 'https://id.example'
const audience = 'https://calendar.example'
const kid = `access-${'1'.repeat(43)}`

/** A key's text: the one that counts is the first. */
export const secretOf = (index = 1): string =>
  formatSecret('api', String(index).padStart(22, '0') as CredentialId, new Uint8Array(32).fill(index)) // in the form of one

const node = (kind: string, more: object) => ({ kind, placementId: 'p', status: 'active', roles: {}, ...more })
const policies: Readonly<Record<string, object>> = {
  platform: node('platform', { catalogueVersion: '2026-11-01', guardrail: { deniedPermissions: [] } }),
  [account]: node('account', { parentId: 'platform', guardrail: { deniedPermissions: [] } }),
}
const grantsUnder = (condition: string | undefined) => ({
  status: 'active',
  teams: [],
  entries: { [`asg_${'1'.repeat(22)}`]: { role: 'account.admin', reach: 'subtree', condition } },
})

export const bearing = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What the key is now, as `describe` has it; undefined: it does not count. */
export type Key =
  | {
      readonly endsAt?: number
      readonly allowedAddresses?: readonly string[]
      readonly rate?: { readonly perSecond: number; readonly burst: number }
      readonly lease?: { readonly perSecond: number; readonly seconds: number }
    }
  | undefined

/** What a token of the issuer's own key says in another way than usual. */
export interface Written {
  readonly header?: object
  readonly claims?: object
  /** The text itself. */
  readonly payload?: (usual: object) => string
}

/** `changes`: what the feed says. */
export const staged = async (options: Partial<LatchkeyOptions> = {}, changes?: ReadableStream<Uint8Array>) => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const state = {
    passed: 0,
    key: {} as Key,
    gate: Promise.resolve(),
    condition: undefined as string | undefined,
    ends: {},
  }
  const calls: string[] = []
  const reports: string[] = []
  const wall = (): number => begin + state.passed
  const asOf = (): string => new Date(wall()).toISOString().replace('Z', '000Z')
  const described = (id: string, process: unknown) => {
    if (state.key === undefined || id !== secretOf().slice(7, 29)) {
      return { asOf: asOf(), active: false, code: 'invalid_token' }
    }
    const scopes = { ownScopes: {}, scopes: ['contacts.readonly'], catalogueVersion: '2026-11-01' }
    const key = { id, home: account, tenant: account, ...scopes, createdAt: begin }
    return {
      asOf: asOf(),
      active: true,
      code: 'active',
      credential: 'key_1',
      principal: service,
      key,
      ...(process == null ? { ...state.key, lease: undefined } : state.key),
    }
  }
  const documentAt = (path: string): object | null => {
    const [, , kind = '', name = ''] = path.split('/')
    if (kind === 'policy') return policies[name] ?? null
    if (kind === 'people') return null
    if (kind === 'grants') return path.endsWith(`?tenant=${account}`) ? grantsUnder(state.condition) : null
    return name === 'head' ? { version: '2026-11-01', ...state.ends } : { text: JSON.stringify(catalogue) }
  }
  const answer = (path: string, body: string): object => {
    if (path === '/.well-known/jwks.json') return { keys: [{ kty, crv, x, y, alg: 'ES256', use: 'sig', kid }] }
    if (path === '/v1/credentials/describe') {
      const asked = JSON.parse(body)
      return described(String(asked.credential).slice(7, 29), asked.process)
    }
    if (path.startsWith('/v1/credentials/')) {
      const { pathname, searchParams } = new URL(path, 'https://authz.example')
      return described(pathname.slice('/v1/credentials/'.length), searchParams.get('process'))
    }
    if (path === '/v1/usage') reports.push(body)
    return { asOf: asOf(), document: documentAt(path) }
  }
  const latchkey = createLatchkey({
    ...{ url: 'https://authz.example', credential: 'lk_api_own', issuer, audience, feed: false, usage: false },
    clocks: { wall, steady: () => state.passed },
    fetch: async (url, init) => {
      const path = new URL(url).pathname + new URL(url).search
      calls.push(path)
      if (path === '/v1/changes') return new Response(changes)
      const said = answer(path, String(init.body)) // as it was when it was asked
      await state.gate
      return Response.json(said)
    },
    ...options,
  })
  const token = async ({ header = {}, claims = {}, payload }: Written = {}): Promise<string> => {
    const at = Math.floor(wall() / 1_000)
    const usual = {
      ...{ iss: issuer, sub: service, aud: audience, client_id: 'key_1', scope: 'contacts.readonly', tenant: account },
      ...{ plc: 'p', gid: secretOf().slice(7, 29), jti: 'token-1', iat: at, exp: at + 600 },
    }
    const body = payload?.(usual) ?? JSON.stringify({ ...usual, ...claims })
    const text = `${part({ alg: 'ES256', typ: 'at+jwt', kid, ...header })}.${Buffer.from(body).toString('base64url')}`
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(text))
    return `${text}.${Buffer.from(signature).toString('base64url')}`
  }
  const pass = (milliseconds: number): void => {
    state.passed += milliseconds
  }
  return { latchkey, state, calls, reports, token, pass, asOf, wall, publicKey: { kty, crv, x, y, kid } }
}

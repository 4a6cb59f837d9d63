// What is deployed: only functions that the guard made, each loading no more than its own group.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onRequest } from 'firebase-functions/https'
import { beforeAll, describe, expect, it } from 'vitest'
import { isMadeByGuard } from '../../functions/src/guard/doors/made-by-guard.ts'
import * as deployed from '../../functions/src/index.ts'
import { bundleFunctions } from '../build/bundle-functions.ts'
import { doorsOf, everyBackground, everyOperation } from '../generate/definitions.ts'
import { type Loaded, loadedModules } from '../manifest/loaded-modules.ts'
import type { Manifest } from '../manifest/read-manifest.ts'
import { root } from '../root.ts'
import { sourceFiles } from './source-files.ts'

describe('the table of contents', () => {
  it.each(Object.entries(deployed))('exports %s only as the guard made it', (_name, made) => {
    expect(isMadeByGuard(made)).toBe(true)
  })

  it('would refuse a raw function', () => {
    expect(isMadeByGuard(onRequest(() => undefined))).toBe(false)
    expect(isMadeByGuard(() => undefined)).toBe(false)
  })

  it('deploys a function for every definition', async () => {
    const groups = (await everyOperation()).filter((one) => doorsOf(one).includes('callable')).map(({ group }) => group)
    const wanted = new Set([...groups, 'api', 'authz', 'oauth', ...everyBackground().map(({ name }) => name)])
    expect(new Set(Object.keys(deployed))).toEqual(wanted)
  })
})

/** Topics that sources publish to, and those that a deployed function takes messages from. */
const unheard = (sources: readonly string[], taken: readonly string[]): readonly string[] => {
  const published = sources.flatMap((text) =>
    [...text.matchAll(/\bpublish\(\s*'([a-z-]+)'/g)].map(([, topic]) => topic ?? ''),
  )
  return [...new Set(published)].filter((topic) => !taken.includes(topic))
}

describe('the topics', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'functions/manifest.golden.json'), 'utf8')) as Manifest
  const triggers = Object.values(manifest.endpoints).flatMap(({ eventTrigger }) => eventTrigger ?? [])
  const taken = triggers.flatMap(({ eventFilters }) => eventFilters?.['topic'] ?? [])
  const sources = sourceFiles(root)
    .filter((file) => file.startsWith('functions/src/') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))

  it('F-21 that anything is published to are all heard, by functions that are tried again', () => {
    expect(taken.length).toBeGreaterThan(1)
    expect(unheard(sources, taken)).toEqual([])
    for (const trigger of triggers) expect(trigger.retry).toBe(true)
  })

  it('F-21 would name one that nobody hears', () => {
    expect(unheard([...sources, "await publish('dead-letters', { id })"], taken)).toEqual(['dead-letters'])
  })
})

describe('an instance loads only its own group', () => {
  const loaded = new Map<string, Loaded>()
  beforeAll(async () => {
    await bundleFunctions()
    for (const name of ['authz', 'apiKeys', 'tenants', 'sweepExpired']) loaded.set(name, await loadedModules(name))
  }, 60_000)
  const sources = (name: string) => loaded.get(name)?.sources ?? []
  const rooms = (name: string) => new Set(sources(name).flatMap((file) => /rooms\/([a-z]+)\//.exec(file)?.[1] ?? []))

  it('authz knows credentials, access, events and the signing keys, and the client of neither Pub/Sub nor KMS', () => {
    expect(rooms('authz')).toEqual(new Set(['access', 'credentials', 'events', 'signing']))
    expect(loaded.get('authz')?.packages).not.toContain('@google-cloud/pubsub')
    expect(loaded.get('authz')?.packages).not.toContain('@google-cloud/kms')
    expect(loaded.get('authz')?.packages).not.toContain('@google-cloud/secret-manager')
    expect(sources('authz')).not.toContain('functions/src/guard/doors/background.ts')
  })

  it('apiKeys has its own operations and nobody else’s', () => {
    expect(sources('apiKeys')).toContain('functions/src/rooms/credentials/keys/create-key.ts')
    expect(sources('apiKeys')).not.toContain('functions/src/rooms/tenancy/create-tenant.ts')
    expect(sources('apiKeys')).not.toContain('functions/src/rooms/access/assignments/assign-role.ts')
  })

  it('tenants does not load the operations of keys', () => {
    expect(sources('tenants')).toContain('functions/src/rooms/tenancy/create-tenant.ts')
    expect(sources('tenants')).not.toContain('functions/src/rooms/credentials/keys/create-key.ts')
  })

  it('a schedule loads no door for customers', () => {
    expect(sources('sweepExpired')).not.toContain('functions/src/guard/doors/callable.ts')
    expect(sources('sweepExpired')).not.toContain('functions/src/guard/doors/http.ts')
  })
})

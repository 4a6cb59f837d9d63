/** Secrets, their labels, aliases and etags, through the official client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT, refusalOf, startWithClients, type TestEmulators } from '../testing/official-clients.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients()
})
afterAll(() => running.stop())

const automatic = { replication: { automatic: {} } }

async function create(secretId: string, labels: Record<string, string> = {}, parent = PROJECT) {
  const [secret] = await running.secrets.createSecret({ parent, secretId, secret: { ...automatic, labels } })
  return { ...secret, name: secret.name ?? '', etag: secret.etag ?? '' }
}

const setLabels = (name: string, labels: Record<string, string>, etag = '') =>
  running.secrets.updateSecret({ secret: { name, labels, etag }, updateMask: { paths: ['labels'] } })

describe('creating a secret', () => {
  it('returns it with its name, its labels, the time of the clock and a quoted etag', async () => {
    const created = await create('one', { room: 'mail' })
    const [found] = await running.secrets.getSecret({ name: created.name })
    expect(found).toEqual(created)
    expect(found).toMatchObject({ name: `${PROJECT}/secrets/one`, labels: { room: 'mail' } })
    expect(found.etag).toMatch(/^"[0-9a-f]+"$/)
    expect(Number(found.createTime?.seconds) * 1000).toBe(running.clock.nowMs)
  })

  it('keeps the locations of a replication that the caller manages', async () => {
    const replication = { userManaged: { replicas: [{ location: 'europe-west6' }] } }
    const [secret] = await running.secrets.createSecret({ parent: PROJECT, secretId: 'near', secret: { replication } })
    expect(secret.replication?.userManaged?.replicas).toMatchObject([{ location: 'europe-west6' }])
  })

  it('refuses to create a secret twice', async () => {
    const { name } = await create('twice')
    expect(await refusalOf(create('twice'))).toBe(`ALREADY_EXISTS: Secret [${name}] already exists.`)
  })

  it.each([
    ['no replication', {}, 'INVALID_ARGUMENT'],
    ['an expiry, which is not emulated', { ...automatic, ttl: { seconds: 60 } }, 'UNIMPLEMENTED'],
    ['topics, which are not emulated', { ...automatic, topics: [{ name: 'projects/p/topics/t' }] }, 'UNIMPLEMENTED'],
    ['annotations, which are not emulated', { ...automatic, annotations: { a: 'b' } }, 'UNIMPLEMENTED'],
    ['a malformed label', { ...automatic, labels: { room: 'NO' } }, 'INVALID_ARGUMENT'],
  ])('refuses %s', async (_name, secret, code) => {
    const creating = running.secrets.createSecret({ parent: PROJECT, secretId: 'refused', secret })
    expect(await refusalOf(creating)).toContain(`${code}: `)
    expect(await refusalOf(running.secrets.getSecret({ name: `${PROJECT}/secrets/refused` }))).toContain('NOT_FOUND: ')
  })

  it.each(['', 'with space', 'a/b', 'x'.repeat(256)])('refuses the secret id "%s"', async (secretId) => {
    expect(await refusalOf(create(secretId))).toContain('INVALID_ARGUMENT: The provided Secret ID [')
  })

  it('refuses a malformed parent', async () => {
    expect(await refusalOf(create('one', {}, 'demo-test'))).toContain("INVALID_ARGUMENT: The field 'parent'")
  })
})

describe('updating a secret', () => {
  it('replaces the labels and draws a new etag', async () => {
    const { name, etag } = await create('labelled', { a: '1' })
    const [updated] = await setLabels(name, { b: '2' }, etag)
    const [found] = await running.secrets.getSecret({ name })
    expect(found).toEqual(updated)
    expect(found.labels).toEqual({ b: '2' })
    expect(found.etag).not.toBe(etag)
  })

  it('refuses an etag that is out of date and changes nothing', async () => {
    const { name, etag } = await create('raced', { a: '1' })
    await setLabels(name, { a: '2' }, etag)
    expect(await refusalOf(setLabels(name, { a: '3' }, etag))).toContain(`FAILED_PRECONDITION: The etag ${etag}`)
    const [found] = await running.secrets.getSecret({ name })
    expect(found.labels).toEqual({ a: '2' })
  })

  it('draws a new etag even when nothing else changes', async () => {
    const { name, etag } = await create('same', { a: '1' })
    const [updated] = await setLabels(name, { a: '1' })
    expect(updated.etag).not.toBe(etag)
  })

  it('asks for no etag', async () => {
    const { name } = await create('trusting')
    const [updated] = await setLabels(name, { a: '1' })
    expect(updated.labels).toEqual({ a: '1' })
  })

  it('changes nothing that the mask does not name', async () => {
    const { name } = await create('masked', { a: '1' })
    const secret = { name, labels: { a: '2' }, versionAliases: {} }
    const [updated] = await running.secrets.updateSecret({ secret, updateMask: { paths: ['versionAliases'] } })
    expect(updated.labels).toEqual({ a: '1' })
  })

  it.each([[[]], [['replication']]])('refuses the mask %j', async (paths) => {
    const { name } = await create(`mask-${paths.length}`)
    const updating = running.secrets.updateSecret({ secret: { name }, updateMask: { paths } })
    expect(await refusalOf(updating)).toContain('INVALID_ARGUMENT: The field ')
  })

  it('gives a version another name, which must not be reserved or lead nowhere', async () => {
    const { name } = await create('aliased')
    await running.secrets.addSecretVersion({ parent: name, payload: { data: Buffer.from('first') } })
    await running.secrets.addSecretVersion({ parent: name, payload: { data: Buffer.from('second') } })
    const setAliases = (versionAliases: Record<string, number>) =>
      running.secrets.updateSecret({ secret: { name, versionAliases }, updateMask: { paths: ['version_aliases'] } })
    await setAliases({ live: 1 })
    await setLabels(name, { a: '1' })
    const [{ payload }] = await running.secrets.accessSecretVersion({ name: `${name}/versions/live` })
    expect(String(payload?.data)).toBe('first')
    expect(await refusalOf(setAliases({ live: 3 }))).toContain('FAILED_PRECONDITION: ')
    expect(await refusalOf(setAliases({ latest: 1 }))).toContain('INVALID_ARGUMENT: ')
  })
})

describe('deleting a secret', () => {
  it('removes it with its versions', async () => {
    const { name } = await create('deleted')
    await running.secrets.addSecretVersion({ parent: name, payload: { data: Buffer.from('x') } })
    await running.secrets.deleteSecret({ name })
    expect(await refusalOf(running.secrets.getSecret({ name }))).toBe(`NOT_FOUND: Secret [${name}] not found.`)
    await create('deleted')
    const [versions] = await running.secrets.listSecretVersions({ parent: name })
    expect(versions).toEqual([])
  })

  it('refuses an etag that is out of date and keeps the secret', async () => {
    const { name, etag } = await create('kept')
    await setLabels(name, { a: '1' })
    expect(await refusalOf(running.secrets.deleteSecret({ name, etag }))).toContain('FAILED_PRECONDITION: ')
    const [found] = await running.secrets.getSecret({ name })
    await running.secrets.deleteSecret({ name, etag: found.etag ?? '' })
    expect(await refusalOf(running.secrets.getSecret({ name }))).toContain('NOT_FOUND: ')
  })
})

it('lists the secrets of one project newest first, over several pages, while they are deleted on the way', async () => {
  const parent = 'projects/demo-paged'
  for (const id of ['b', 'c', 'a']) await create(id, {}, parent)
  const page = (pageToken: string) =>
    running.secrets.listSecrets({ parent, pageSize: 2, pageToken }, { autoPaginate: false })
  const [first, , answer] = await page('')
  for (const { name } of first) await running.secrets.deleteSecret({ name: name ?? '' })
  const [second, , last] = await page(answer.nextPageToken ?? '')
  const ids = [first, second].map((secrets) => secrets.map(({ name }) => name?.split('/').at(-1)))
  expect(ids).toEqual([['a', 'c'], ['b']])
  expect([answer.totalSize, last.nextPageToken]).toEqual([3, ''])
})

/** Secret versions, their payloads, states and etags, through the official client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROJECT, refusalOf, startWithClients, type TestEmulators } from '../testing/official-clients.ts'
import { crc32c } from '../wire/crc32c.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients()
})
afterAll(() => running.stop())

async function create(secretId: string): Promise<string> {
  const secret = { replication: { automatic: {} } }
  const [{ name }] = await running.secrets.createSecret({ parent: PROJECT, secretId, secret })
  return name ?? ''
}

async function add(parent: string, text: string): Promise<{ name: string; etag: string }> {
  const [version] = await running.secrets.addSecretVersion({ parent, payload: { data: Buffer.from(text) } })
  return { name: version.name ?? '', etag: version.etag ?? '' }
}

async function access(name: string): Promise<string> {
  const [{ payload }] = await running.secrets.accessSecretVersion({ name })
  return String(payload?.data)
}

describe('payloads', () => {
  it('gives every version back by its number and the newest as latest', async () => {
    const secret = await create('numbered')
    await add(secret, 'first')
    await add(secret, 'second')
    expect(await access(`${secret}/versions/1`)).toBe('first')
    const [latest] = await running.secrets.accessSecretVersion({ name: `${secret}/versions/latest` })
    expect([latest.name, String(latest.payload?.data)]).toEqual([`${secret}/versions/2`, 'second'])
  })

  it('gives bytes back as they were, with a checksum of them', async () => {
    const secret = await create('bytes')
    const data = Buffer.from([0, 255, 128, 10])
    await running.secrets.addSecretVersion({ parent: secret, payload: { data } })
    const [{ payload }] = await running.secrets.accessSecretVersion({ name: `${secret}/versions/1` })
    expect(payload?.data).toEqual(data)
    expect(String(payload?.dataCrc32c)).toBe(crc32c(data))
  })

  it('takes a payload whose checksum is right and remembers that there was one', async () => {
    const parent = await create('checked')
    const data = Buffer.from('x')
    const [checked] = await running.secrets.addSecretVersion({ parent, payload: { data, dataCrc32c: crc32c(data) } })
    const [unchecked] = await running.secrets.addSecretVersion({ parent, payload: { data } })
    expect([checked.clientSpecifiedPayloadChecksum, unchecked.clientSpecifiedPayloadChecksum]).toEqual([true, false])
  })

  it.each(['0', '1'])('refuses a payload whose checksum is the wrong %s and adds no version', async (dataCrc32c) => {
    const parent = await create(`corrupt-${dataCrc32c}`)
    const adding = running.secrets.addSecretVersion({ parent, payload: { data: Buffer.from('x'), dataCrc32c } })
    expect(await refusalOf(adding)).toContain('INVALID_ARGUMENT: The checksum in field payload.data_crc32c did not')
    const [versions] = await running.secrets.listSecretVersions({ parent })
    expect(versions).toEqual([])
  })

  it('takes 64 KiB and not one byte more, and not nothing', async () => {
    const parent = await create('limit')
    const addBytes = (length: number) =>
      running.secrets.addSecretVersion({ parent, payload: { data: Buffer.alloc(length) } })
    await addBytes(65_536)
    expect(await refusalOf(addBytes(65_537))).toContain('INVALID_ARGUMENT: Secret Payload is 65537 bytes')
    expect(await refusalOf(addBytes(0))).toBe('INVALID_ARGUMENT: Secret Payload cannot be empty.')
  })
})

describe('states', () => {
  it('shuts a disabled version and opens it again once enabled', async () => {
    const { name } = await add(await create('disabled'), 'kept')
    const [disabled] = await running.secrets.disableSecretVersion({ name })
    expect(disabled.state).toBe('DISABLED')
    expect(await refusalOf(access(name))).toBe(`FAILED_PRECONDITION: Secret Version [${name}] is in DISABLED state.`)
    await running.secrets.enableSecretVersion({ name })
    expect(await access(name)).toBe('kept')
  })

  it('destroys a version at the time of the clock and for ever', async () => {
    const { name } = await add(await create('destroyed'), 'gone')
    const [destroyed] = await running.secrets.destroySecretVersion({ name })
    const refusal = `FAILED_PRECONDITION: Secret Version [${name}] is in DESTROYED state.`
    expect(destroyed.state).toBe('DESTROYED')
    expect(Number(destroyed.destroyTime?.seconds) * 1000).toBe(running.clock.nowMs)
    expect(await refusalOf(access(name))).toBe(refusal)
    expect(await refusalOf(running.secrets.enableSecretVersion({ name }))).toBe(refusal)
    expect(await refusalOf(running.secrets.disableSecretVersion({ name }))).toBe(refusal)
    expect(await refusalOf(running.secrets.destroySecretVersion({ name }))).toBe(refusal)
  })

  it('means the newest version by latest, even when that one is shut', async () => {
    const secret = await create('latest')
    await add(secret, 'older')
    const { name } = await add(secret, 'newer')
    await running.secrets.disableSecretVersion({ name })
    expect(await refusalOf(access(`${secret}/versions/latest`))).toContain(`[${name}] is in DISABLED state.`)
  })

  it('leaves the other versions of the secret as they are', async () => {
    const secret = await create('siblings')
    const one = await add(secret, 'one')
    const two = await add(secret, 'two')
    await running.secrets.destroySecretVersion({ name: one.name })
    expect(await access(two.name)).toBe('two')
  })
})

describe('etags', () => {
  it('changes a version to the current etag, and refuses the one before', async () => {
    const { name, etag } = await add(await create('etags'), 'x')
    const [disabled] = await running.secrets.disableSecretVersion({ name, etag })
    for (const change of [
      running.secrets.enableSecretVersion({ name, etag }),
      running.secrets.disableSecretVersion({ name, etag }),
      running.secrets.destroySecretVersion({ name, etag }),
    ]) {
      expect(await refusalOf(change)).toContain(`FAILED_PRECONDITION: The etag ${etag} of [${name}] is out of date`)
    }
    const [enabled] = await running.secrets.enableSecretVersion({ name, etag: disabled.etag ?? '' })
    expect(enabled.state).toBe('ENABLED')
  })

  it('draws a new one when the state stays as it was, and none for the secret', async () => {
    const secret = await create('intent')
    const { name, etag } = await add(secret, 'x')
    const [before] = await running.secrets.getSecret({ name: secret })
    const [enabled] = await running.secrets.enableSecretVersion({ name })
    const [after] = await running.secrets.getSecret({ name: secret })
    expect(enabled.etag).not.toBe(etag)
    expect(after.etag).toBe(before.etag)
  })
})

describe('refusals', () => {
  it('words a missing secret, a secret without versions and a missing version as the cloud does', async () => {
    const secret = await create('without')
    const absent = `${PROJECT}/secrets/absent`
    const missing = (name: string) => `NOT_FOUND: Secret [${name}] not found or has no versions.`
    expect(await refusalOf(access(`${absent}/versions/latest`))).toBe(missing(absent))
    expect(await refusalOf(access(`${secret}/versions/latest`))).toBe(missing(secret))
    const { name } = await add(secret, 'x')
    const next = name.replace(/1$/, '2')
    expect(await refusalOf(access(next))).toBe(`NOT_FOUND: Secret Version [${next}] not found.`)
  })

  it('refuses a malformed name', async () => {
    expect(await refusalOf(access(`${PROJECT}/secrets/one`))).toContain("INVALID_ARGUMENT: The field 'name'")
  })
})

it('lists versions newest first over several pages', async () => {
  const parent = await create('many')
  for (const text of ['a', 'b', 'c']) await add(parent, text)
  const page = (pageToken: string) =>
    running.secrets.listSecretVersions({ parent, pageSize: 2, pageToken }, { autoPaginate: false })
  const [first, , answer] = await page('')
  const [second] = await page(answer.nextPageToken ?? '')
  const numbers = [first, second].map((versions) => versions.map(({ name }) => name?.split('/').at(-1)))
  expect(numbers).toEqual([['3', '2'], ['1']])
})

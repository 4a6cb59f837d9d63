// Bodies that no honest client sends: too large, not JSON, doubled keys, prototype names, look-alikes, reserved and wild names.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dump } from '../support/stored-documents.ts'
import type { Answer } from '../support/world.ts'
import { type TwoAgencies, twoAgencies } from './two-agencies.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const invalid = (field?: string) => ({
  ok: false,
  error: { code: 'invalid_request', ...(field === undefined ? {} : { field }) },
})

describe('a raw body', () => {
  let two: TwoAgencies
  let before: string
  /** The same body at both doors: a session at the callable, a key over HTTP. */
  const both = async (operation: string, body: Uint8Array | string, more: object = {}): Promise<readonly Answer[]> => {
    const raw = typeof body === 'string' ? bytes(body) : body
    const wrapped = typeof body === 'string' ? bytes(`{"data":${body}}`) : body
    return [
      await two.north.owner.call(operation, {}, { body: wrapped, ...more }),
      await two.world.withKey(two.north.key.secret).call(operation, {}, { body: raw, ...more }),
    ]
  }
  const tenants = { without: [] as string[] }
  beforeAll(async () => {
    two = await twoAgencies()
    tenants.without = [`tenants/${two.north.agency}/apiKeys/`] // last use
    await both('tenants/get', '{}') // the key's first use is noted here
    before = await dump(two.world.projectId, tenants)
  })
  afterAll(async () => {
    await two.world.close()
  })

  it('is the positive control: a plain one passes at both doors', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset=UTF-8'])
      for (const answer of await both('tenants/get', `{"tenant":"${two.north.agency}"}`, { contentType: type }))
        expect(answer).toMatchObject({ ok: true, value: { tenant: two.north.agency } })
  })

  it('with the same key twice is refused by its path', async () => {
    const { agency } = two.north
    for (const answer of await both('tenants/get', `{"tenant":"${agency}","tenant":"${two.south.agency}"}`))
      expect(answer).toMatchObject(invalid('tenant'))
    for (const answer of await both('tenants/get', `{"tenant":"${agency}","ten\\u0061nt":"${two.south.agency}"}`))
      expect(answer).toMatchObject(invalid('tenant'))
    const nested = `{"tenant":"${agency}","permission":"contacts.read","resource":{"id":"a","id":"b"}}`
    for (const answer of await both('access/check', nested)) expect(answer).toMatchObject(invalid('resource.id'))
    const envelope = bytes(`{"data":{"tenant":"${agency}"},"data":{"tenant":"${two.south.agency}"}}`)
    expect(await two.north.owner.call('tenants/get', {}, { body: envelope })).toMatchObject(invalid())
  })

  it('with a prototype name is refused, at any depth', async () => {
    const { agency } = two.north
    for (const name of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      for (const answer of await both('tenants/get', `{"tenant":"${agency}","${name}":{"staff":true}}`))
        expect(answer).toMatchObject(invalid(name.replace('\\u005f', '_')))
      const deep = `{"tenant":"${agency}","permission":"contacts.read","resource":{"properties":{"${name}":"x"}}}`
      for (const answer of await both('access/check', deep))
        expect(answer).toMatchObject(invalid(`resource.properties.${name.replace('\\u005f', '_')}`))
    }
    expect(({} as { staff?: boolean }).staff).toBeUndefined()
  })

  it('over 256 KiB is 413, and one just below is read', async () => {
    const limit = 256 * 1024
    const padded = (size: number, start: string, end: string) =>
      bytes(start + ' '.repeat(size - start.length - end.length) + end)
    const field = `"tenant":"${two.north.agency}"}`
    const over = padded(limit + 1, '{', field)
    const [, http] = await both('tenants/get', over)
    expect(http).toMatchObject({ ok: false, error: { code: 'payload_too_large' } })
    expect(
      await two.north.owner.call('tenants/get', {}, { body: padded(limit + 1, '{"data":{', `${field}}`) }),
    ).toMatchObject({
      error: { code: 'payload_too_large' },
    })
    const [, fits] = await both('tenants/get', padded(limit, '{', field))
    expect(fits).toMatchObject({ ok: true })
  })

  it.each([
    [undefined],
    [''],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=utf-16'],
    ['application/json, text/plain'],
    ['application/jsonx'],
    ['application/vnd.api+json'],
    ['multipart/form-data; boundary=application/json'],
  ])('of content type %s is refused', async (contentType) => {
    for (const answer of await both('tenants/get', `{"tenant":"${two.north.agency}"}`, { contentType }))
      expect(answer).toMatchObject(invalid('Content-Type'))
  })

  it('that is no JSON, no UTF-8, or too deep is refused', async () => {
    for (const body of ['', '{', 'tenant=x', "{'tenant':1}", '{"tenant":1,}', '\ufeff\u0000', '[', 'NaN'])
      for (const answer of await both('tenants/get', body)) expect(answer, body).toMatchObject(invalid())
    for (const answer of await both('tenants/get', Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d])))
      expect(answer).toMatchObject(invalid())
    const deep = `{"tenant":${'['.repeat(2_000)}${']'.repeat(2_000)}}`
    for (const answer of await both('tenants/get', deep)) expect(answer).toMatchObject(invalid())
    for (const answer of await both('tenants/get', '[]')) expect(answer).toMatchObject(invalid())
    for (const answer of await both('tenants/get', '"x"')) expect(answer).toMatchObject(invalid())
    for (const answer of await both('tenants/get', 'null')) expect(answer).toMatchObject(invalid())
  })

  it('with a look-alike of an id finds nothing: other alphabets, widths, marks and spaces', async () => {
    const { agency } = two.north
    const alike = [
      agency.replace('a', 'а'), // Cyrillic
      agency.replace('agy', 'ａｇｙ'), // full width
      `${agency}\u200b`,
      `\u202e${agency}`,
      ` ${agency}`,
      `${agency} `,
      `${agency}\n`,
      agency.replace('_', '＿'),
      `${agency}\u0000`,
      agency.toUpperCase(),
      `${agency}/policy/current`,
      encodeURIComponent(`${agency}/`),
      '..',
      '.',
      '*',
      '',
    ]
    for (const tenant of alike)
      for (const answer of await both('tenants/get', JSON.stringify({ tenant })))
        expect(answer, JSON.stringify(tenant)).toMatchObject(invalid('tenant'))
    for (const user of ['nоwner', 'n\u0301owner', 'nowner\u200d', 'nowner/tenants/x'])
      for (const answer of await both('members/remove', JSON.stringify({ tenant: agency, user })))
        expect(answer).toMatchObject(invalid('user'))
  })

  it('C-114 with a wildcard, an empty segment or another case instead of a name is 400', async () => {
    const { agency, account } = two.north
    const wild = [
      '*',
      'iam.*',
      'iam*',
      'account:1*',
      'iam..apiKeys',
      '.contacts',
      'contacts.',
      'contacts․read',
      'Contacts.read',
      'contacts.read ',
      'contacts .read',
      'contacts.read\n',
    ]
    for (const name of wild) {
      const create = JSON.stringify({ tenant: agency, name: 'Wild', scopes: [name] })
      for (const answer of await both('apiKeys/create', create))
        expect(answer, name).toMatchObject(invalid('scopes[0]'))
      const check = JSON.stringify({ tenant: account, permission: name })
      for (const answer of await both('access/check', check)) expect(answer, name).toMatchObject(invalid('permission'))
      const verify = JSON.stringify({ credential: 'x', permissions: [name] })
      for (const answer of await both('credentials/verify', verify))
        expect(answer, name).toMatchObject(invalid('permissions[0]'))
      const assign = JSON.stringify({ tenant: account, principal: { user: 'nadmin' }, role: name, reach: 'node' })
      for (const answer of await both('roles/assign', assign)) expect(answer, name).toMatchObject(invalid('role'))
    }
    const unknown = { tenant: agency, name: 'Wild', scopes: ['contacts.readonly', 'contacts.everything'] }
    expect(await two.north.owner.call('apiKeys/create', unknown)).toMatchObject(invalid('scopes[1]'))
  })

  it('T-45 with a reserved, empty, invisible or overlong name is refused, also in disguise', async () => {
    const { agency, account } = two.north
    const names = [
      'system',
      'default',
      '(default)',
      'platform',
      'null',
      'undefined',
      '*',
      'SYSTEM',
      ' platform ',
      'ｐｌａｔｆｏｒｍ',
      'Latchkey',
      '__proto__',
      ' ',
      '\u00a0',
      '\u3164',
      '\u200b',
      'Shop\u200b',
      'Shop\u202e',
      'Shop\r\nX-Admin: 1',
      'Shop\u001b[31m',
      'x'.repeat(101),
      '\ud800',
    ] // prettier-ignore
    for (const name of names) {
      for (const [operation, body] of [
        ['tenants/create', { parent: agency, name }],
        ['tenants/update', { tenant: account, name }],
        ['members/createService', { tenant: agency, name }],
        ['apiKeys/create', { tenant: agency, name, scopes: ['contacts.readonly'] }],
      ] as const)
        expect(await two.north.owner.call(operation, body), `${operation} ${JSON.stringify(name)}`).toMatchObject(
          invalid('name'),
        )
    }
  })

  it('writes nothing, all of it together', async () => {
    expect(await dump(two.world.projectId, tenants)).toBe(before)
  })

  it('T-45 a name is stored and shown in its NFKC form with single spaces', async () => {
    const { agency, owner } = two.north
    const made = await owner.must('tenants/create', { parent: agency, name: '  Ａcme\u00a0 ﬁne  e\u0301tude ' })
    expect(made.name).toBe('Acme fine étude')
    expect(await owner.must('tenants/get', { tenant: made.tenant })).toMatchObject({ name: 'Acme fine étude' })
    const renamed = await owner.must('tenants/update', { tenant: made.tenant, name: 'Ⅳ Sisters' })
    expect(renamed.name).toBe('IV Sisters')
  })
})

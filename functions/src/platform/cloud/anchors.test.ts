// The second place takes a name once, whole or not at all, and says when it does not answer.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instantOf } from '@latchkey/core/kernel/time'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Anchors, bucketAnchors, folderAnchors, type Send } from './anchors.ts'

/** What the JSON API of Cloud Storage does with a precondition on the generation, for the two calls that are made. */
const storage = () => {
  const objects = new Map<string, string>()
  const asked: string[] = []
  const send: Send = async (url, { method = 'GET', body }) => {
    const { pathname, searchParams } = new URL(url)
    asked.push(`${method} ${pathname}?${searchParams}`)
    if (method === 'GET') {
      const found = objects.get(decodeURIComponent(pathname.split('/').at(-1) ?? ''))
      return found === undefined ? new Response('', { status: 404 }) : new Response(found)
    }
    const name = searchParams.get('name') ?? ''
    if (searchParams.get('ifGenerationMatch') === '0' && objects.has(name)) return new Response('', { status: 412 })
    objects.set(name, String(body))
    return new Response('{}')
  }
  return { send, asked }
}

const clock = () => instantOf(0)
const folder = join(tmpdir(), `anchors-test-${process.pid}`)
let inFolder: string
beforeAll(() => {
  inFolder = mkdtempSync(folder)
})
afterAll(() => rmSync(inFolder, { recursive: true }))

describe.each<[string, () => Anchors]>([
  ['a bucket', () => bucketAnchors('seals', clock, storage().send)],
  ['a folder', () => folderAnchors(join(inFolder, 'made', 'at', 'once'))],
])('%s', (_what, open) => {
  test('creates a name once, keeps what was there first, and knows nothing of another', async () => {
    const place = open()
    expect(await place.read('seal-1.json')).toBeUndefined()
    expect(await place.create('seal-1.json', '{"first":true}')).toBe('created')
    expect(await place.create('seal-1.json', '{"second":true}')).toBe('exists')
    expect(await place.read('seal-1.json')).toBe('{"first":true}')
  })

  test('lets one of many win', async () => {
    const place = open()
    const all = await Promise.all(Array.from({ length: 8 }, (_, at) => place.create('seal-2.json', `${at}`)))
    expect(all.filter((one) => one === 'created')).toHaveLength(1)
    expect(await place.read('seal-2.json')).toBe(String(all.indexOf('created')))
  })
})

describe('a bucket', () => {
  test('is asked for an object that is not there yet, and never to replace one', async () => {
    const { send, asked } = storage()
    await bucketAnchors('seals', clock, send).create('seal-1.json', '{}')
    expect(asked).toEqual(['POST /upload/storage/v1/b/seals/o?uploadType=media&name=seal-1.json&ifGenerationMatch=0'])
  })

  test.each([500, 503, 429, 403])('rejects when it answers %d: a seal is not anchored by hoping', async (status) => {
    const place = bucketAnchors('seals', clock, async () => new Response('', { status }))
    await expect(place.create('seal-1.json', '{}')).rejects.toMatchObject({ fault: 'unavailable' })
    await expect(place.read('seal-1.json')).rejects.toMatchObject({ fault: 'unavailable' })
  })
})

test('a folder leaves nothing half written beside what it has', async () => {
  const place = join(inFolder, 'clean')
  await folderAnchors(place).create('seal-1.json', '{}')
  await folderAnchors(place).create('seal-1.json', '{}')
  expect(readdirSync(place)).toEqual(['seal-1.json'])
})

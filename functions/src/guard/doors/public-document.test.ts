// A document for everybody: who may keep it for how long, and who has it already.
import { prefixes } from '@latchkey/core/kernel/ids'
import { minutes } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { answerDocument, type PublicDocument } from './public-document.ts'

const guard = { drawId: () => `${prefixes.request}_1`, log: () => undefined }
const ask = (known?: string, document: Partial<PublicDocument> = {}) =>
  answerDocument(
    { method: 'GET', known },
    { contentType: 'application/json', maxAge: minutes(10), read: () => ({ a: 1 }), ...document },
    guard,
  )

describe('a public document', () => {
  it('is kept by readers for as long as it says, and by nobody between: copies of copies would add their ages', async () => {
    expect((await ask()).headers['cache-control']).toBe('public, max-age=600, s-maxage=0')
    expect((await ask(undefined, { maxAge: undefined })).headers['cache-control']).toBe('private, no-store')
  })

  it('is not sent again to who has it, in whatever form he says so', async () => {
    const { etag = '' } = (await ask()).headers
    for (const known of [etag, `W/${etag}`, `"x" , ${etag}`, ` ${etag} `, '*', ' * '])
      expect(await ask(known)).toMatchObject({ status: 304, body: '' })
    for (const known of ['', '"x"', '"*"', etag.slice(1), '**'])
      expect(await ask(known)).toMatchObject({ status: 200, body: '{"a":1}' })
    expect((await ask('*', { maxAge: undefined })).status).toBe(200)
  })
})

// A log line is one JSON object that holds no secret and forges nothing (CATALOGUE I-21, C-147).
import { formatSecret, secretKinds } from '@latchkey/core/credentials/secret-format'
import { isCredentialId } from '@latchkey/core/kernel/ids'
import { instantOf } from '@latchkey/core/kernel/time'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLog, redact, redactConsole, seldomLog } from './log.ts'
import { idDrawer, systemRandom } from './random.ts'

const lineOf = (message: string, facts?: Readonly<Record<string, unknown>>): string => {
  const lines: string[] = []
  jsonLog((line) => void lines.push(line))('INFO', message, facts)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}
const drawSecret = (kind: (typeof secretKinds)[number]): string => {
  const id = idDrawer(systemRandom)()
  if (!isCredentialId(id)) expect.fail('no credential id')
  return formatSecret(kind, id, systemRandom(32))
}
const jwt = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJtYXJpYSJ9.c2lnbmF0dXJlLV9zaWduYXR1cmU'
const unsigned = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXJpYSJ9.'

describe('I-21 a secret never reaches the log', () => {
  const secrets = [...secretKinds.map(drawSecret), jwt, unsigned]
  const places: readonly [string, (secret: string) => string][] = [
    ['in the message', (secret) => lineOf(`refused ${secret}`)],
    ['glued to other text', (secret) => lineOf(`x${secret}`)],
    ['in a header', (secret) => lineOf('call', { authorization: `Bearer ${secret}` })],
    ['deep in the facts', (secret) => lineOf('call', { a: [{ b: { c: secret } }] })],
    ['as the name of a fact', (secret) => lineOf('call', { [secret]: 1 })],
    ['in a URL', (secret) => lineOf('call', { url: `https://x.example/cb?token=${secret}&x=1#${secret}` })],
    ['in an error', (secret) => lineOf('failed', { error: new Error(`bad key ${secret}`) })],
    ['in an error of an error', (secret) => lineOf('failed', { facts: { error: new TypeError(secret) } })],
    ['in JSON inside JSON', (secret) => lineOf('call', { body: JSON.stringify({ credential: secret }) })],
    ['behind a line break', (secret) => lineOf('call', { body: `a\n${secret}\r\n` })],
  ]

  test.each(places)('%s', (_, write) => {
    for (const secret of secrets) {
      const line = write(secret)
      expect(line).toContain('[secret]')
      for (const part of secret.split('.').filter((text) => text.length > 8)) expect(line).not.toContain(part)
      expect(line).not.toContain(secret.slice(8, 40))
    }
  })

  test('several in one line, each', () => {
    expect(redact(`${secrets.join(' ')} end`)).toBe(`${secrets.map(() => '[secret]').join(' ')} end`)
  })

  test('but what only looks a little like one is kept, so that lines stay useful', () => {
    const useful = 'key lk_api of agy_0aZ90aZ90aZ90aZ90aZ9zz by user:eyJ, request req_1'
    expect(redact(useful)).toBe(useful)
  })
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const hostile = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

describe('C-147 text from outside cannot forge a line', () => {
  test('whatever is logged, it is one line of JSON with our severity, and inert in a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, fact) => {
        const line = lineOf(message, { fact })
        expect(line).not.toMatch(hostile)
        expect(JSON.parse(line)).toMatchObject({ severity: 'INFO' })
      }),
    )
  })

  test.each([
    ['a line break and a line of its own', 'x\r\n{"severity":"ERROR","message":"forged"}'],
    ['a terminal sequence', '\u001b[2J\u001b]0;owned\u0007'],
    ['its eight-bit form', '\u009b2J'],
    ['a line separator', 'x\u2028y'],
    ['text that runs backwards', '\u202egnp.exe'],
    ['a quote and a member', 'x","severity":"ERROR'],
  ])('%s', (_, text) => {
    const line = lineOf('name', { name: text })
    expect(line).not.toMatch(hostile)
    expect(Object.keys(JSON.parse(line))).toEqual(['severity', 'message', 'name'])
    expect(JSON.parse(line).severity).toBe('INFO')
  })

  test('ordinary text is logged as it is', () => {
    expect(lineOf('call', { name: 'Café 株式会社 👋', count: 3, none: undefined })).toBe(
      '{"severity":"INFO","message":"call","name":"Café 株式会社 👋","count":3}',
    )
  })
})

test('an error is logged with its name, message and stack, which JSON alone would drop', () => {
  const line = JSON.parse(lineOf('failed', { error: new RangeError('too far') }))
  expect(line.error).toMatchObject({ name: 'RangeError', message: 'too far' })
  expect(line.error.stack).toContain('log.test.ts')
})

test('I-21 what a library prints by itself is redacted, too', () => {
  const printed: unknown[] = []
  const print = (...parts: unknown[]) => void printed.push(...parts)
  const console = { log: print, info: print, warn: print, error: print }
  redactConsole(console)
  const secret = `lk_api_${'a'.repeat(71)}`
  console.error(Object.assign(new SyntaxError('bad body'), { body: `{"credential":"${secret}"` }))
  console.log('plain %s', 'text')
  expect(printed.join('\n')).not.toContain(secret)
  expect(printed.join('\n')).toContain('bad body')
  expect(printed.at(-1)).toBe('plain text')
})

test('what may be said at each signature is said once in ten seconds, message by message, whichever way a clock goes', () => {
  const written: string[] = []
  let now = 1_000_000
  const log = seldomLog(
    (_severity, message) => void written.push(message),
    () => instantOf(now),
  )
  const say = () => {
    for (let each = 0; each < 100; each++) log('ERROR', 'the clock is wrong', { each })
    log('ERROR', 'nothing could be signed')
    return written.splice(0)
  }
  const both = ['the clock is wrong', 'nothing could be signed']
  expect(say()).toEqual(both)
  now += 9_999
  expect(say()).toEqual([])
  now += 1
  expect(say()).toEqual(both)
  now -= 86_400_000
  expect(say()).toEqual(both)
})

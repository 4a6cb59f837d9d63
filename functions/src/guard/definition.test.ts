// A wrong definition never comes into being: it throws when it is made, with its own name in the message.
import { ok } from '@latchkey/core/kernel/result'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { operation, subscriber, taskQueue, trigger } from './definition.ts'

const good = {
  group: 'notes',
  name: 'list',
  summary: 'Lists notes.',
  input: z.strictObject({}),
  output: z.strictObject({}),
  access: { public: 'Nothing here is anybody’s.' },
  effect: 'read' as const,
  handler: async () => ok({}),
}
const run = async (): Promise<void> => undefined

describe('an operation', () => {
  test('that is sound gets the quiet defaults', () => {
    expect(operation(good)).toEqual({
      kind: 'operation',
      cached: false,
      atLeast: undefined,
      rate: 'read',
      secrets: [],
      path: undefined,
      method: 'POST',
      stream: undefined,
      tenant: undefined,
      ...good,
    })
    expect(operation({ ...good, effect: 'write' }).rate).toBe('write')
    expect(operation({ ...good, rate: 'verify' }).rate).toBe('verify')
  })

  test.each<[string, Partial<Parameters<typeof operation>[0]>, string]>([
    ['a group that is no name', { group: 'Notes' }, 'Notes/list is not a name'],
    ['a group that bends the path', { group: '../notes' }, 'is not a name'],
    ['a name with a slash', { name: 'list/all' }, 'is not a name'],
    ['an empty name', { name: '' }, 'is not a name'],
    ['a permission held nowhere', { access: { permission: 'notes.read' } }, 'a permission is held at a tenant'],
    ['a public door without a reason', { access: { public: '' } }, 'say why it needs no permission'],
    ['a public door with half a reason', { access: { public: 'because' } }, 'say why it needs no permission'],
    ['signed-in only, without a reason', { access: { signedIn: 'todo' } }, 'say why it needs no permission'],
    ['a secret from a read', { secrets: ['secret'] }, 'only a write can make a secret'],
  ])('with %s is refused', (_, change, message) => {
    expect(() => operation({ ...good, ...change })).toThrow(message)
  })

  test('of each kind of access that is sound is made', () => {
    const tenant = () => undefined
    expect(operation({ ...good, access: { permission: 'notes.read' }, tenant }).tenant).toBe(tenant)
    expect(operation({ ...good, access: { signedIn: 'It is about the caller only.' } }).access).toHaveProperty(
      'signedIn',
    )
    expect(operation({ ...good, effect: 'write', secrets: ['secret'] }).secrets).toEqual(['secret'])
  })
})

describe('a trigger', () => {
  const made = (document: string) => () => trigger({ name: 'onNote', summary: 'Looks.', document, run })
  test('watches documents, not collections', () => {
    expect(made('tenants/{tenant}')().kind).toBe('trigger')
    expect(made('tenants/{tenant}/notes/{note}')().kind).toBe('trigger')
    for (const document of ['tenants', 'tenants/{tenant}/notes', ''])
      expect(made(document)).toThrow('watches documents')
  })
})

describe('a subscriber', () => {
  const made = (topic: string) => () =>
    subscriber({ name: 'deliver', summary: 'Delivers.', topic, message: z.unknown(), run })
  test('reads a topic of ours', () => {
    expect(made('notify-mail')().kind).toBe('subscriber')
    for (const topic of ['', 'N', 'notify/mail', 'projects/p/topics/t', 'Notify'])
      expect(made(topic)).toThrow('is no topic')
  })
})

describe('a task queue', () => {
  const made = (name: string) => () =>
    taskQueue({ name, summary: 'Sends.', task: z.strictObject({}), mostAtOnce: 10, run })
  test('has a name that a queue can have', () => {
    expect(made('sendNotes')().kind).toBe('task')
    for (const name of ['', 'send-notes', 'Send', 'send/notes']) expect(made(name)).toThrow('is no name of a queue')
  })
})

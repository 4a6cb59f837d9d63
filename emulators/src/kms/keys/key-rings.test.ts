/** Key rings through the official client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCATION, refusalOf, startWithClients, type TestEmulators } from '../../testing/official-clients.ts'

let running: TestEmulators
beforeAll(async () => {
  running = await startWithClients({ projectIds: ['demo-test'] })
})
afterAll(() => running.stop())

describe('key rings', () => {
  it('returns a created ring with its name and the time of the clock', async () => {
    const [created] = await running.kms.createKeyRing({ parent: LOCATION, keyRingId: 'one' })
    const [found] = await running.kms.getKeyRing({ name: `${LOCATION}/keyRings/one` })
    expect(found).toEqual(created)
    expect(found.name).toBe(`${LOCATION}/keyRings/one`)
    expect(Number(found.createTime?.seconds) * 1000).toBe(running.clock.nowMs)
  })

  it('refuses to create a ring twice', async () => {
    await running.kms.createKeyRing({ parent: LOCATION, keyRingId: 'twice' })
    const again = running.kms.createKeyRing({ parent: LOCATION, keyRingId: 'twice' })
    expect(await refusalOf(again)).toBe(`ALREADY_EXISTS: KeyRing ${LOCATION}/keyRings/twice already exists.`)
  })

  it('refuses a ring that does not exist', async () => {
    const name = `${LOCATION}/keyRings/absent`
    expect(await refusalOf(running.kms.getKeyRing({ name }))).toBe(`NOT_FOUND: KeyRing ${name} not found.`)
  })

  it.each(['', 'demo-test', `${LOCATION}/keyRings/`, `${LOCATION}/keyRings/a/b`, `${LOCATION}/keyRings/a b`])(
    'refuses the malformed name "%s"',
    async (name) => {
      expect(await refusalOf(running.kms.getKeyRing({ name }))).toContain('INVALID_ARGUMENT: The field ')
    },
  )

  it.each(['', 'with space', 'a/b', 'x'.repeat(64)])('refuses the ring id "%s"', async (keyRingId) => {
    const creating = running.kms.createKeyRing({ parent: LOCATION, keyRingId })
    expect(await refusalOf(creating)).toContain("INVALID_ARGUMENT: The field 'key_ring_id'")
  })

  it('lists the rings of one location over several pages, each once', async () => {
    const parent = 'projects/demo-test/locations/global'
    const ids = ['c', 'a', 'b']
    for (const keyRingId of ids) await running.kms.createKeyRing({ parent, keyRingId })
    const [first, next, answer] = await running.kms.listKeyRings({ parent, pageSize: 2 }, { autoPaginate: false })
    expect(first.map(({ name }) => name)).toEqual([`${parent}/keyRings/a`, `${parent}/keyRings/b`])
    expect(next?.pageToken).toBe(answer.nextPageToken)
    expect(answer.totalSize).toBe(3)
    const [all] = await running.kms.listKeyRings({ parent })
    expect(all.map(({ name }) => name?.at(-1))).toEqual(['a', 'b', 'c'])
  })

  it('refuses a project that it was not started for, like a caller without permission', async () => {
    const parent = 'projects/demo-other/locations/global'
    const creating = running.kms.createKeyRing({ parent, keyRingId: 'one' })
    expect(await refusalOf(creating)).toContain(
      "PERMISSION_DENIED: Permission denied on resource 'projects/demo-other'",
    )
  })

  it('answers UNIMPLEMENTED to a method that is not emulated', async () => {
    const drawing = running.kms.generateRandomBytes({ location: LOCATION, lengthBytes: 8 })
    expect(await refusalOf(drawing)).toContain('UNIMPLEMENTED')
  })
})

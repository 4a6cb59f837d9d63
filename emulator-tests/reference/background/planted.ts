// Events and things that are over, as many as a measurement wants, by the doors that write them in use.
import type { Firestore } from '@google-cloud/firestore'
import { isTenantId, type OpId, type TenantId } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { ok } from '@latchkey/core/kernel/result'
import { days, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { App } from '../../../functions/src/app.ts'
import { shardOf } from '../../../functions/src/platform/seal.ts'
import { bySystem, opIdOf } from '../../../functions/src/platform/store/by-system.ts'
import { outboxShards } from '../../../functions/src/platform/store/commit.ts'
import { timestampOf } from '../../../functions/src/platform/store/reader.ts'
import { applyWrites, type Write } from '../../../functions/src/platform/store/write.ts'

/** The same account for the same name, and no other. */
export const accountNamed = (name: string): TenantId => {
  const id = `acc_${opIdOf(name).slice(3)}`
  invariant(isTenantId(id), 'an account of this form')
  return id
}

/** As many in each shard of the outbox: in an empty one a look costs a read, too, and the slope would hide it. */
const opIdsOf = (name: string, count: number): readonly OpId[] =>
  Array.from({ length: count }, (_, index) => {
    for (let tried = 0; ; tried++) {
      const id = opIdOf(`${name} ${index} ${tried}`)
      if (shardOf(id, outboxShards) === index % outboxShards) return id
    }
  })

/** Committed events of nothing: in the audit log and in the outbox, as all are. */
export const plantEvents = async (
  { store, clock }: App,
  name: string,
  tenants: readonly TenantId[],
): Promise<readonly OpId[]> => {
  const ids = opIdsOf(name, tenants.length)
  const commits = tenants.map((tenant, index) => {
    const opId = ids[index] ?? opIdOf(name)
    return store.commit(bySystem({ job: 'measuring', opId, runId: 'measured', now: clock() }), {
      tenant,
      plan: async () => ok({ writes: [], event: { type: 'measured.thing', targets: [] }, outcome: {} }),
      answer: (outcome) => outcome,
    })
  })
  for (const done of await Promise.all(commits)) invariant(done.ok, 'an event was committed')
  return ids
}

interface Over {
  /** Of machinery. */
  readonly records: number
  /** What people could see. */
  readonly keys: number
}

/** The records of one tenant and the keys of one tenant, so each in one shard. */
export const plantOver = async (firestore: Firestore, { clock }: App, { records, keys }: Over): Promise<void> => {
  const end = timestampOf(plusSeconds(clock(), secondsOf(-days(60))))
  const tenant = accountNamed('over')
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => `measured-${index}`)
  const batch = firestore.batch()
  const recordWrites = numbers(records).map(
    (name): Write => ({ kind: 'set', path: `limits/${name}`, fields: { tenant, expiresAt: end } }),
  )
  const keyWrites = numbers(keys).map(
    (name): Write => ({ kind: 'set', path: `tenants/${tenant}/apiKeys/${name}`, fields: { notAfter: end } }),
  )
  applyWrites(batch, recordWrites, { firestore, door: 'operate' })
  applyWrites(batch, keyWrites, { firestore, door: 'commit' })
  await batch.commit()
}

// One event an hour for each reader: whoever reads in somebody's name is another one than that person.
import type { OpId, TenantId } from '@latchkey/core/kernel/ids'
import type { PrincipalRef } from '@latchkey/core/kernel/principal'
import { instantOf, minutes } from '@latchkey/core/kernel/time'
import { expect, it } from 'vitest'
import type { Commit, CommitContext } from './commit.ts'
import { readNoter } from './note-read.ts'

it('C-146 notes who reads in somebody’s name beside that person, each once an hour', async () => {
  const written = new Set<OpId>()
  const commit: Commit = async ({ opId }, { answer }) => {
    written.add(opId)
    return { ok: true, value: answer({} as never) } // of a read nothing is looked at
  }
  const note = readNoter(commit)
  const now = instantOf(Date.UTC(2026, 10, 22, 10))
  const by = (actor: CommitContext['actor'], later = 0) =>
    // Cast: of a call that was admitted it needs no more.
    note(
      { tenant: 'acc_one' as TenantId, now: instantOf(now + later), commit: { actor } as CommitContext },
      'audit.read',
    )
  const ada = { principal: 'user:ada' as PrincipalRef, credential: 'session:1' }
  await by(ada)
  await by(ada, minutes(59) * 1000)
  expect(written.size).toBe(1)
  await by({ ...ada, impersonator: 'user:staff' as PrincipalRef })
  expect(written.size).toBe(2)
  await by({ ...ada, impersonator: 'user:other' as PrincipalRef })
  await by(ada, minutes(60) * 1000)
  expect(written.size).toBe(4)
})

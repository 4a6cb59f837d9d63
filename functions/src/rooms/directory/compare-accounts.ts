// For the reconciler: who may sign in, in Firebase Auth and here. Whoever is shut out at one side is shut out at the other (CATALOGUE F-42).
import { userPath } from '@latchkey/core/access/assembly/documents'
import { iamError } from '@latchkey/core/kernel/errors'
import { isUserId, type OpId, platformTenant, prefixes, type UserId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { AccountStanding, Accounts } from '../../platform/auth.ts'
import type { DrawId } from '../../platform/random.ts'
import { bySystem } from '../../platform/store/by-system.ts'
import type { Commit } from '../../platform/store/commit.ts'
import type { DocumentFields, Reader } from '../../platform/store/reader.ts'

export interface AccountsDependencies {
  readonly read: Reader
  readonly commit: Commit
  readonly drawId: DrawId
  readonly accounts: Pick<Accounts, 'standingOf' | 'setDisabled'>
}

/** Firebase Auth answers for so many at once. */
const pageSize = 100

export const compareAccounts = (dependencies: AccountsDependencies) => ({
  name: 'accounts',
  page: async (after: string | undefined, now: Instant) => {
    const found = await dependencies.read.list({
      collection: 'users',
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    })
    const people = found.flatMap(({ id, fields }) => (isUserId(id) ? [{ uid: id, fields }] : []))
    const standing = await dependencies.accounts.standingOf(people.map(({ uid }) => uid))
    let repaired = 0
    const drifted: string[] = []
    for (const { uid, fields } of people) {
      const person = { uid, fields, standing: standing.get(uid) ?? 'gone' }
      const compared = await compareOne(person, now, dependencies)
      if (compared === 'repaired') repaired++
      else if (compared !== 'right') drifted.push(compared)
    }
    return { looked: people.length, repaired, drifted, next: found.length < pageSize ? undefined : found.at(-1)?.id }
  },
})

/** What Firebase Auth said last; a person who was stopped here by hand stays stopped whatever it says. */
const stoppedBy = 'stoppedByAuth'

const isStopped = (fields: DocumentFields): boolean => fields['status'] !== undefined && fields['status'] !== 'active'

interface Person {
  readonly uid: UserId
  readonly fields: DocumentFields
  readonly standing: AccountStanding
}

const compareOne = async (
  { uid, fields, standing }: Person,
  now: Instant,
  dependencies: AccountsDependencies,
): Promise<string> => {
  const stopped = isStopped(fields)
  const mayEnter = standing === 'active'
  if (!stopped && !mayEnter) return turn(uid, { status: 'suspended', standing, now }, dependencies)
  if (stopped && mayEnter && fields[stoppedBy] === true)
    return turn(uid, { status: 'active', standing, now }, dependencies)
  if (!stopped || !mayEnter) return 'right'
  try {
    await dependencies.accounts.setDisabled(uid, true)
    return 'repaired'
  } catch {
    return `user:${uid} is stopped here and can still sign in; it is tried again.`
  }
}

interface Turn {
  readonly status: 'active' | 'suspended'
  readonly standing: AccountStanding
  readonly now: Instant
}

/** Their keys and open sessions end with it, everywhere: a check asks for the person's status each time. */
const turn = async (
  uid: UserId,
  { status, standing, now }: Turn,
  { commit, drawId }: AccountsDependencies,
): Promise<'repaired' | 'right'> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const accessId = drawId()
  const turned = await commit(bySystem({ job: 'reconcile', opId, runId: 'reconcile', now }), {
    tenant: platformTenant,
    plan: async (read) => {
      const [present] = await read.getAll([userPath(uid)])
      const wanted =
        status === 'suspended' ? present !== undefined && !isStopped(present) : present?.[stoppedBy] === true
      if (!wanted) return err(iamError('conflict')) // right by now
      return ok({
        writes: [
          { kind: 'update', path: userPath(uid), fields: { status, accessId, [stoppedBy]: status === 'suspended' } },
        ],
        event: {
          type: status === 'suspended' ? 'directory.user_stopped' : 'directory.user_let_in',
          targets: [`user:${uid}`],
          details: { standing },
        },
        outcome: {},
      })
    },
    answer: (outcome) => outcome,
  })
  return turned.ok ? 'repaired' : 'right'
}

// For the reconciler: who may sign in, in Firebase Auth and here. Whoever is shut out at one side is shut out at the other (CATALOGUE F-42).
import { userPath } from '@latchkey/core/access/assembly/documents'
import { iamError } from '@latchkey/core/kernel/errors'
import { isUserId, type OpId, platformTenant, prefixes, type UserId } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Instant } from '@latchkey/core/kernel/time'
import type { AccountStanding, Accounts } from '../../platform/auth.ts'
import { each } from '../../platform/each.ts'
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
/** Another project's Auth, or one that was not restored yet, would stop everybody. */
const suspiciousCount = 10

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
    const gone = people.filter(({ uid, fields }) => standing.get(uid) === 'gone' && !isStopped(fields)).length
    const isSuspicious = gone >= suspiciousCount && gone > people.length / 2
    const compared = people.flatMap(({ uid, fields }) => {
      const person = { uid, fields, standing: standing.get(uid) ?? 'gone' }
      return isSuspicious && person.standing === 'gone' ? [] : [person]
    })
    const done = await each(
      compared,
      ({ uid }) => `user:${uid}`,
      (person) => compareOne(person, now, dependencies),
    )
    const suspicion = isSuspicious
      ? [`${gone} of ${people.length} people have no account in Firebase Auth: look first.`]
      : []
    const drifted = [...done.drifted, ...suspicion]
    return {
      looked: people.length,
      repaired: done.repaired,
      drifted,
      next: found.length < pageSize ? undefined : found.at(-1)?.id,
    }
  },
})

/** They were stopped because Firebase Auth shut them out: when it lets them in again, so do we. Whoever is stopped by hand stays stopped. */
const stoppedBy = 'stoppedByAuth'
/** We have shut them out of Firebase Auth: when they are let in again here, so are they there. */
const shutBy = 'shutInAuth'

const isStopped = (fields: DocumentFields): boolean => fields['status'] !== undefined && fields['status'] !== 'active'

interface Person {
  readonly uid: UserId
  readonly fields: DocumentFields
  readonly standing: AccountStanding
}

/** What is to be done so that both sides say the same; undefined when they do. */
type Step = 'stop' | 'let in' | 'shut in Auth' | 'open in Auth' | 'forget that we shut' | undefined

const stepFor = (fields: DocumentFields, standing: AccountStanding): Step => {
  const [stopped, byAuth, byUs] = [isStopped(fields), fields[stoppedBy] === true, fields[shutBy] === true]
  if (standing === 'gone') return stopped ? undefined : 'stop'
  if (standing === 'disabled') return stopped ? undefined : byUs ? 'open in Auth' : 'stop'
  if (stopped) return byAuth ? 'let in' : 'shut in Auth'
  return byUs ? 'forget that we shut' : undefined
}

/** Said before it is done at Firebase Auth: after a crash between the two it is done again. */
const compareOne = async (person: Person, now: Instant, dependencies: AccountsDependencies): Promise<string> => {
  const step = stepFor(person.fields, person.standing)
  if (step === undefined) return 'right'
  const turned = await turn(person, step, now, dependencies)
  if (!turned) return 'right'
  try {
    if (step === 'shut in Auth') await dependencies.accounts.setDisabled(person.uid, true)
    if (step === 'open in Auth') await dependencies.accounts.setDisabled(person.uid, false)
    return 'repaired'
  } catch {
    return `user:${person.uid} is not the same here and in Firebase Auth; it is tried again.`
  }
}

const events = {
  stop: 'directory.user_stopped',
  'let in': 'directory.user_let_in',
  'shut in Auth': 'directory.user_shut_in_auth',
  'open in Auth': 'directory.user_opened_in_auth',
  'forget that we shut': 'directory.user_opened_in_auth',
} as const

const fieldsOf = (step: NonNullable<Step>, accessId: string): DocumentFields => {
  if (step === 'stop') return { status: 'suspended', accessId, [stoppedBy]: true, [shutBy]: undefined }
  if (step === 'let in') return { status: 'active', accessId, [stoppedBy]: undefined }
  // It stays until both sides were seen to agree.
  return { [shutBy]: step === 'forget that we shut' ? undefined : true }
}

/** Their keys and open sessions end with it, everywhere: a check asks for the person's status each time. False when it is somebody else's turn by now. */
const turn = async (
  { uid, standing }: Person,
  step: NonNullable<Step>,
  now: Instant,
  { commit, drawId }: AccountsDependencies,
): Promise<boolean> => {
  const opId = drawId(prefixes.op) as OpId // just drawn
  const accessId = drawId()
  const turned = await commit(bySystem({ job: 'reconcile', opId, runId: 'reconcile', now }), {
    tenant: platformTenant,
    plan: async (read) => {
      const [present] = await read.getAll([userPath(uid)])
      if (present === undefined || stepFor(present, standing) !== step) return err(iamError('conflict'))
      return ok({
        writes: [{ kind: 'update', path: userPath(uid), fields: fieldsOf(step, accessId) }],
        event: { type: events[step], targets: [`user:${uid}`], details: { standing } },
        outcome: {},
      })
    },
    answer: (outcome) => outcome,
  })
  return turned.ok
}

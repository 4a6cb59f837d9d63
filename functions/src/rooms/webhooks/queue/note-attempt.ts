// What came of an attempt, written down where nothing newer stands: meanwhile somebody may have asked for the delivery anew, or have tried it, too.
import { type Instant, instantOf } from '@latchkey/core/kernel/time'
import { nextAttempt } from '@latchkey/core/webhooks/attempts'
import { redact } from '../../../platform/log.ts'
import type { Posted } from '../../../platform/outbound/post.ts'
import { type DocumentFields, instantIn, timestampOf } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'
import type { SendingDependencies } from '../dependencies.ts'
import { attemptsIn } from '../webhook-document.ts'

const mostRemembered = 10
const mostAnswer = 1_024

export interface Tried {
  readonly path: string
  /** The delivery as it was when it was found due. */
  readonly before: DocumentFields
  readonly now: Instant
}

type Store = Pick<SendingDependencies, 'read' | 'operate'>

interface Came {
  readonly posted: Posted
  readonly isTaken: boolean
  /** From 0 to 1. */
  readonly jitter: number
}

const untilOf = (fields: DocumentFields): Instant => instantIn(fields['until']) ?? instantOf(0)
/** It is still what was asked for then: nobody has asked for it again. */
const isAskedAsBefore = (present: DocumentFields, { before }: Tried): boolean => untilOf(present) === untilOf(before)
/** And nobody else has tried it. */
const isAsBefore = (present: DocumentFields, tried: Tried): boolean =>
  isAskedAsBefore(present, tried) && present['attempted'] === tried.before['attempted']

/** It is not sent any more. */
export const giveUp = (tried: Tried, store: Store): Promise<void> =>
  updateDelivery(tried, store, (present) =>
    isAsBefore(present, tried) ? { status: 'failed', notBefore: undefined } : undefined,
  )

/** What is later than this attempt counts: then it is only remembered. But what was taken was taken, whoever tried it since. */
export const noteAttempt = (tried: Tried, came: Came, store: Store): Promise<void> =>
  updateDelivery(tried, store, (present) => {
    if (isNoted(present, tried, came)) return undefined
    const attempts = [...attemptsIn(present), noteOf(came.posted, tried.now)].slice(-mostRemembered)
    if (came.isTaken && isAskedAsBefore(present, tried))
      return { attempts, attempted: triesAfter(present), status: 'delivered', notBefore: undefined }
    return isAsBefore(present, tried) ? { attempts, ...failedFields(tried, came) } : { attempts }
  })

/** By this very write, whose answer was lost. */
const isNoted = (present: DocumentFields, { now }: Tried, { posted }: Came): boolean =>
  attemptsIn(present).some(({ at, milliseconds }) => instantIn(at) === now && milliseconds === posted.milliseconds)

const triesAfter = (fields: DocumentFields): number => Number(fields['attempted'] ?? 0) + 1

const failedFields = ({ before, now }: Tried, { jitter }: Came): DocumentFields => {
  const attempted = triesAfter(before)
  const next = nextAttempt({ attempted, now, until: untilOf(before), jitter })
  return next === undefined
    ? { attempted, status: 'failed', notBefore: undefined }
    : { attempted, status: 'pending', notBefore: timestampOf(next) }
}

const mostTries = 5

/** No transaction: a process that dies in one would keep the delivery from everybody for a minute. One that was swept meanwhile is nothing to anybody. */
const updateDelivery = async (
  { path }: Tried,
  { read, operate }: Store,
  fieldsFor: (present: DocumentFields) => DocumentFields | undefined,
): Promise<void> => {
  for (let tries = 1; ; tries++) {
    const [present] = await read.getStamped([path])
    const fields = present?.fields === undefined ? undefined : fieldsFor(present.fields)
    if (fields === undefined || present?.writtenAt === undefined) return
    try {
      await operate.write({ kind: 'update', path, fields, unchangedSince: present.writtenAt })
      return
    } catch (error) {
      const isChanged = error instanceof StoreError && error.fault === 'conflict'
      if (!isChanged || tries === mostTries) throw error
    }
  }
}

/** What a stranger answered is shown to people: without control characters, and without what looks like a secret. */
const noteOf = (posted: Posted, now: Instant): DocumentFields => ({
  at: timestampOf(now),
  milliseconds: posted.milliseconds,
  ...('fault' in posted
    ? { fault: posted.fault }
    : {
        code: posted.code,
        answer: redact(posted.answer)
          .replace(/(?![\n\t])\p{Cc}/gu, '\ufffd')
          .slice(0, mostAnswer),
      }),
})

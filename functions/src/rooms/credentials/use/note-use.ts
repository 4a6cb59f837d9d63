// When and from where a secret was last used: to the hour, over all instances; to the minute while it is rotated away. Never a reason to fail a call.
import type { KeyFacts } from '@latchkey/core/access/assembly/asker'
import { hours, type Instant, minutes, plusSeconds, type Seconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Caller } from '../../../guard/caller.ts'
import { patiently } from '../../../platform/in-time.ts'
import { recently } from '../../../platform/recently.ts'
import type { Project } from '../../../platform/store/project.ts'
import { instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'
import { keyPath, rotationIn } from '../keys/key-document.ts'

export type NoteUse = (caller: Caller, now: Instant, address: string | undefined) => Promise<void>

export interface UseDependencies {
  readonly read: Reader
  readonly project: Project
}

const sampleSeconds = hours(1)
/** Of the old secret of a rotation: people wait for it to fall silent. */
const overlapSampleSeconds = minutes(1)
const patienceMilliseconds = 1_000

export const useNoter = ({ read, project }: UseDependencies): NoteUse => {
  const noted = recently()
  const done = Promise.resolve()
  const note = async (caller: Caller, key: KeyFacts, now: Instant, address: string | undefined): Promise<void> => {
    // Outside of any transaction: many instances look at once, none waits for another, and two that both write say the same.
    const [use] = await read.getAll([usePath(key.id)])
    const last = instantIn(use?.['lastUsedAt'])
    if (last !== undefined && isWithin(last, sampleOf(caller), now)) return noted.done(key.id, last)
    await project(async (inside) => ({ writes: await writesOf(inside, { caller, key, now, address }) }))
  }
  return (caller, now, address) => {
    const { key } = caller
    const sample = sampleOf(caller)
    if (key === undefined || isWithin(noted.last(key.id), sample, now)) return done
    noted.done(key.id, now)
    // A call is not refused because its trace could not be kept; a use in a minute tries again.
    const again = (): void => noted.done(key.id, plusSeconds(now, secondsOf(overlapSampleSeconds - sample)))
    return patiently(note(caller, key, now, address).catch(again), patienceMilliseconds)
  }
}

/** `uses/{credential}`: when and from where one secret was last used; for the server only, and nothing that decides. */
export const usePath = (credential: string): string => `uses/${credential}`

const sampleOf = ({ bounds }: Caller): Seconds => (bounds?.endsAt === undefined ? sampleSeconds : overlapSampleSeconds)

/** Also true of a use that is reported after a newer one was written down; what a wrong clock wrote far ahead holds nobody up. */
const isWithin = (last: Instant | undefined, sample: Seconds, now: Instant): boolean =>
  last !== undefined && now < plusSeconds(last, sample) && last < plusSeconds(now, sampleSeconds)

interface Use {
  readonly caller: Caller
  readonly key: KeyFacts
  readonly now: Instant
  readonly address: string | undefined
}

/**
 * By which of its two secrets people see a key used, as it stands now: a caller from before a rotation would show the old
 * one's use as the new one's, and the old one would be ended while it is needed. One that is neither is not shown.
 */
const writesOf = async (
  inside: Reader,
  { caller, key: { id, home }, now, address }: Use,
): Promise<readonly Write[]> => {
  const path = keyPath(home, caller.credential)
  const [shown = {}] = await inside.getAll([path])
  const lastUsedAt = timestampOf(now)
  const use = { lastUsedAt, ...(address === undefined ? {} : { lastAddress: address }) }
  const isOld = rotationIn(shown)?.old === id
  const field = isOld ? 'previousUsedAt' : 'lastUsedAt'
  const isShown = isOld || shown['credential'] === id
  return [
    ...(isShown ? [{ kind: 'update' as const, path, fields: { [field]: lastUsedAt } }] : []),
    { kind: 'merge', path: usePath(id), fields: use },
  ]
}

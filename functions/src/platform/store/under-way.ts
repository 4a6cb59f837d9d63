// What is under way at a database client. One that is closed under a call, or called after it, throws where nobody can catch it and never answers.
import type { Firestore } from '@google-cloud/firestore'

const calls = new WeakMap<Firestore, Set<Promise<unknown>>>()
const closed = new WeakSet<Firestore>()

/** Whether nothing may begin any more. */
export const isClosed = (firestore: Firestore): boolean => closed.has(firestore)

/** Answers the same promise; until it is settled, `allDone` waits for it, even when its caller gave up long ago. */
export const underWay = <T>(firestore: Firestore, work: Promise<T>): Promise<T> => {
  const all = calls.get(firestore) ?? new Set()
  calls.set(firestore, all.add(work))
  const done = () => all.delete(work)
  work.then(done, done)
  return work
}

/** Resolves when nothing is under way, however it ended, and from then on nothing begins; the client gives up by itself within minutes. */
export const allDone = async (firestore: Firestore): Promise<void> => {
  const all = calls.get(firestore)
  while (all !== undefined && all.size > 0) await Promise.allSettled(all)
  closed.add(firestore)
}

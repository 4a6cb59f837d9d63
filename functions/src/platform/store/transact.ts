// Runs a transaction; one that a lost answer left closed is run again, so whoever plans it must recognise what it did before.
import type { Firestore, Transaction } from '@google-cloud/firestore'

/** Under contention, with the client's own back-off, this many tries fit into a request. */
const maxAttempts = 8

export const transact = async <T>(firestore: Firestore, body: (transaction: Transaction) => Promise<T>): Promise<T> => {
  try {
    return await firestore.runTransaction(body, { maxAttempts })
  } catch (error) {
    if (!isClosed(error)) throw error
    return firestore.runTransaction(body, { maxAttempts })
  }
}

/** The client repeats a commit whose answer was lost; the transaction is over by then, which says nothing about how it ended. */
const isClosed = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 3 &&
  /transaction is invalid or closed/i.test(error.message)

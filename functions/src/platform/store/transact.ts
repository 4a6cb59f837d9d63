// Runs a transaction; one that the database gave up on is run again, so whoever plans it must recognise what it did before.
import type { Firestore, Transaction } from '@google-cloud/firestore'
import { isTransactionOver } from './store-error.ts'

/** Under contention, with the client's own back-off, this many tries fit into a request. */
const maxAttempts = 8
/** A transaction that ended under us: its commit's answer was lost, or it waited for others for so long that it expired. */
const maxRuns = 3

export const transact = async <T>(firestore: Firestore, body: (transaction: Transaction) => Promise<T>): Promise<T> => {
  for (let run = 1; run < maxRuns; run++) {
    try {
      return await firestore.runTransaction(body, { maxAttempts })
    } catch (error) {
      if (!isTransactionOver(error)) throw error
    }
  }
  return firestore.runTransaction(body, { maxAttempts })
}

import { Firestore } from '@google-cloud/firestore'
import { describe, expect, test } from 'vitest'
import { isTransactionOver, StoreError, translating } from './store-error.ts'

const firestore = new Firestore({ projectId: 'nothing-is-called' })
const driverError = (code: number, message: string) => Object.assign(new Error(message), { code })
const translated = async (code: number, message: string): Promise<StoreError> => {
  const error = await translating(firestore, () => Promise.reject(driverError(code, message))).catch(
    (reason: unknown) => reason,
  )
  if (!(error instanceof StoreError)) throw new Error('not translated')
  return error
}

describe('an error of the database', () => {
  test('F-13 keeps the driver’s code, by which a read that lost a race makes its transaction run again', async () => {
    const aborted = await translated(10, 'Transaction lock timeout.')
    expect([aborted.fault, aborted.code]).toEqual(['unavailable', 10])
    const again = await translating(firestore, () => Promise.reject(aborted)).catch((reason: unknown) => reason)
    expect(again).toBe(aborted)
  })

  test('F-13 a transaction that is over is no oversized request, whatever its code says', async () => {
    for (const message of [
      'Transaction is invalid or closed.',
      'Transaction is invalid or expired.',
      'The referenced transaction has expired or is no longer valid.',
    ]) {
      const over = await translated(3, `3 INVALID_ARGUMENT: ${message}`)
      expect([over.fault, isTransactionOver(over)]).toEqual(['unavailable', true])
    }
    const large = await translated(3, 'The value of property "text" is longer than 1048487 bytes.')
    expect([large.fault, isTransactionOver(large)]).toEqual(['too_large', false])
  })

  test('errors of our own pass unchanged', async () => {
    const ours = new RangeError('ours')
    await expect(translating(firestore, () => Promise.reject(ours))).rejects.toBe(ours)
  })
})

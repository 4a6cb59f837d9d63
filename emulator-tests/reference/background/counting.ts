// What a piece of work costs: calls, reads and writes of Firestore counted by the proxy, calls to KMS by a server of its own.
import { setTimeout as pause } from 'node:timers/promises'
import { startEmulators } from '@latchkey/emulators/start'
import { type Counts, firestoreProxy } from '../../support/firestore-proxy.ts'
import { ofCatalogue } from '../../support/grpc-counts.ts'
import type { WorldOptions } from '../../support/world.ts'

export interface Cost {
  /** Round trips to Firestore. */
  readonly calls: number
  readonly reads: number
  readonly writes: number
  readonly kms: number
}

export interface Counting {
  /** For a world whose every call is counted. */
  readonly options: Required<Pick<WorldOptions, 'storeOf' | 'kms'>>
  /** Until nothing goes on any more, also of what nobody waits for. */
  readonly cost: (work: () => Promise<unknown>) => Promise<Cost>
  readonly close: () => Promise<void>
}

const cryptographic = [
  ...['encrypt', 'decrypt', 'asymmetricSign', 'getPublicKey'],
  ...['listCryptoKeyVersions', 'getCryptoKeyVersion', 'createCryptoKeyVersion', 'destroyCryptoKeyVersion'],
]
const restMilliseconds = 60

const costOf = ({ reads, writes, calls }: Counts, kms: Readonly<Record<string, number>>): Cost => ({
  calls: sum(Object.entries(calls).map(([name, count]) => (name === ofCatalogue ? 0 : count))),
  // A count over an index is billed as a read for each thousand entries: here never more than one.
  reads: reads + (calls['RunAggregationQuery'] ?? 0),
  writes,
  kms: sum(cryptographic.map((method) => kms[method] ?? 0)),
})

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const counting = async (): Promise<Counting> => {
  const proxy = await firestoreProxy()
  const kms = await startEmulators()
  const now = (): Cost => costOf(proxy.counts(), kms.faults.calls())
  const atRest = async (): Promise<Cost> => {
    for (let before = now(); ; ) {
      await pause(restMilliseconds)
      const after = now()
      if (JSON.stringify(before) === JSON.stringify(after)) return after
      before = after
    }
  }
  return {
    options: { storeOf: proxy.store, kms: `127.0.0.1:${kms.port}` },
    cost: async (work) => {
      await atRest()
      proxy.reset()
      kms.faults.clear()
      await work()
      return atRest()
    },
    close: async () => {
      await proxy.close()
      await kms.stop()
    },
  }
}

const names = ['calls', 'reads', 'writes', 'kms'] as const

const combined = (one: Cost, other: Cost, combine: (left: number, right: number) => number): Cost => {
  const [calls, reads, writes, kms] = names.map((name) => Number(combine(one[name], other[name]).toFixed(2)))
  return { calls: calls ?? 0, reads: reads ?? 0, writes: writes ?? 0, kms: kms ?? 0 }
}

/** Of each of `more` things by which one measurement was larger than the other. */
export const ofEach = (few: Cost, many: Cost, more: number): Cost =>
  combined(few, many, (less, all) => (all - less) / more)

/** What is left of a measurement without `count` things of that cost. */
export const without = (whole: Cost, one: Cost, count: number): Cost =>
  combined(whole, one, (all, each) => all - each * count)

// `bench sweep` (CATALOGUE F-23): a great many expired things of many tenants, swept by a process that is killed on the way. Needs `npm start` beside it. `-- --count 100000` for fewer.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { Firestore, type WriteBatch } from '@google-cloud/firestore'
import { days, plusSeconds } from '../../core/src/kernel/time.ts'
import { makeWorld, type World } from '../../emulator-tests/support/world.ts'
import { withSweepField } from '../../functions/src/platform/store/expiring.ts'
import { timestampOf } from '../../functions/src/platform/store/reader.ts'
import { machineLine } from '../shared/machine-line.ts'
import { quantile } from '../shared/median.ts'
import { megabytes, milliseconds, perSecond, table, times } from '../shared/numbers.ts'
import { writeSection } from '../shared/write-docs.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' } } })
const count = Number(values.count)
const tenants = 200
const say = (line: string): void => console.log(line)

/** Kinds that nobody sees, so that each thing is one document; Firestore's emulator looks at all of a kind for each query. */
const kinds: readonly ((tenant: string, index: number) => readonly [path: string, end: string])[] = [
  (_tenant, index) => [`idempotency/${spread(index)}`, 'expiresAt'],
  (_tenant, index) => [`limits/${spread(index)}`, 'expiresAt'],
  (_tenant, index) => [`operations/${spread(index)}`, 'finishedAt'],
  (_tenant, index) => [`outbox/${spread(index)}`, 'at'],
  (_tenant, index) => [`parked/${spread(index)}`, 'parkedAt'],
  (_tenant, index) => [`uses/${spread(index)}`, 'lastUsedAt'],
  (tenant, index) => [`tenants/${tenant}/denials/${spread(index)}`, 'expiresAt'],
  (tenant, index) => [`tenants/${tenant}/viewers/${spread(index)}`, 'until'],
]
const spread = (index: number): string => `${(index * 2_654_435_761) % 4_294_967_296}-${index}`

/** As the doors write them, field to be found by and all. */
const seed = async (firestore: Firestore, world: World): Promise<void> => {
  const ended = timestampOf(plusSeconds(world.app.clock(), days(-500)))
  const inFlight = new Set<Promise<unknown>>()
  for (let from = 0; from < count; from += 500) {
    const batch: WriteBatch = firestore.batch()
    for (let index = from; index < Math.min(from + 500, count); index++) {
      // Half of all are of one tenant: a noisy neighbour.
      const tenant = `t${index % 16 < 8 ? 0 : index % tenants}`
      const [path, end] = kinds[index % kinds.length]?.(tenant, index) ?? ['', '']
      batch.set(firestore.doc(path), withSweepField(path, { tenant, [end]: ended }, true))
    }
    const written = batch.commit().finally(() => inFlight.delete(written))
    inFlight.add(written)
    if (inFlight.size >= 8) await Promise.race(inFlight)
    if (from % 100_000 === 0) say(`${from} made`)
  }
  await Promise.all(inFlight)
}

interface Told {
  readonly rss: number
  readonly removed: number
  readonly done: boolean
}

/** Resolves when it has ended, or was killed because `enough` said so. */
const swept = (projectId: string, ahead: number, told: (news: Told) => boolean): Promise<void> => {
  const script = new URL('worker.ts', import.meta.url).pathname
  const child: ChildProcess = spawn(process.execPath, ['--max-old-space-size=256', script, projectId, String(ahead)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new Error('no output')
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (told(JSON.parse(line) as Told)) child.kill('SIGKILL')
  })
  return new Promise((resolve) => child.on('exit', () => resolve()))
}

/** How long an ordinary call takes meanwhile, until told to stop. */
const liveCalls = (call: () => Promise<unknown>) => {
  const taken: number[] = []
  let over = false
  const calling = (async () => {
    while (!over) {
      const from = performance.now()
      await call()
      taken.push(performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return {
    stop: async () => {
      over = true
      await calling
      return taken
    },
  }
}

const world = await makeWorld()
await world.agency('Bench', 'olivia')
const firestore = new Firestore({ projectId: world.projectId })
const left = async (): Promise<number> => {
  const names = ['idempotency', 'limits', 'operations', 'outbox', 'parked', 'uses', 'denials', 'viewers']
  const counts = await Promise.all(
    names.map(
      async (name) =>
        (
          await firestore.collectionGroup(name).where('tenant', '>=', 't').where('tenant', '<', 'u').count().get()
        ).data().count,
    ),
  )
  return counts.reduce((sum, one) => sum + one, 0)
}
const owner = await world.person('olivia')
const call = () => owner.call('tenants/list', {})

await seed(firestore, world)
const made = await left()
const quiet = liveCalls(call)
await new Promise((resolve) => setTimeout(resolve, 20_000))
const usual = await quiet.stop()

const memory: number[] = []
/** As the run itself notes it: counting a million would keep the emulator from everything else. */
const noted = async (): Promise<number> => {
  const record = await firestore.doc('jobs/sweepExpired').get()
  const done = (record.get('done') ?? {}) as Readonly<Record<string, number>> // written by single flight
  return Object.entries(done).reduce((sum, [name, one]) => (name.startsWith('removed ') ? sum + one : sum), 0)
}
let removed = 0
const poll = setInterval(() => void noted().then((now) => (removed = now)), 1_000)
const live = liveCalls(call)
const began = performance.now()
let killedAt = 0
await swept(world.projectId, 0, ({ rss }) => {
  memory.push(rss)
  if (killedAt > 0 || removed < made * 0.37) return false
  killedAt = removed
  return true
})
say(`killed after ${killedAt}`)
await swept(world.projectId, 4, ({ rss }) => {
  memory.push(rss)
  return false
})
const seconds = (performance.now() - began) / 1000
clearInterval(poll)
const meanwhile = await live.stop()
const remaining = await left()
const settled = memory.slice(Math.floor(memory.length / 10))
const section = [
  `${machineLine('npm run bench:sweep')}. Firestore’s emulator looks at every document of a collection for each query, which the cloud does not: most of the time here is its own.`,
  '',
  table(
    ['measured', ''],
    [
      ['expired things, half of one tenant', made.toLocaleString('en')],
      ['killed with `SIGKILL` after', killedAt.toLocaleString('en')],
      ['left at the end', String(remaining)],
      ['removed a second, by one process', perSecond((made - remaining) / seconds)],
      [
        'memory of the process, a tenth of the way in and at most',
        `${megabytes(settled[0] ?? 0)}, ${megabytes(Math.max(...memory))}`,
      ],
      [
        'p99 of `tenants/list` before, and meanwhile',
        `${milliseconds(quantile(usual, 0.99))}, ${milliseconds(quantile(meanwhile, 0.99))} (${times(quantile(meanwhile, 0.99) / quantile(usual, 0.99))})`,
      ],
    ],
  ),
].join('\n')
say(`\n${section}\n`)
writeSection('sweep', 'Sweeping', section)
await firestore.terminate()
await world.close()
process.exit(remaining === 0 ? 0 : 1)

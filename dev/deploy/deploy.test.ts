// A deployment: said in words before it happens, refused when things disagree, stopped at the first failure.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type Agreeing, disagreements } from './agreement.ts'
import { type Deployable, planWords } from './plan-words.ts'
import { afterGoodEnd, rollbackTarget, settingsFor } from './roll-back.ts'
import { deploySteps, probesOf, runDeployment, smokeTest } from './steps.ts'
import { waitForIndexes } from './wait-for-indexes.ts'

const before: Deployable = {
  endpoints: { api: { concurrency: 80 }, authz: { concurrency: 80 } },
  rules: 'a',
  indexes: ['one', 'two'],
  catalogues: { '2026-11-01': 'first' },
}

test('says what is new, what goes, what changes, and nothing when nothing does', () => {
  expect(planWords(before, before)).toEqual([])
  expect(planWords(undefined, before)).toHaveLength(1)
  const after: Deployable = {
    endpoints: { api: { concurrency: 40 }, oauth: {} },
    rules: 'b',
    indexes: ['two', 'three'],
    catalogues: { '2026-11-01': 'first', '2027-01-01': 'second' },
  }
  expect(planWords(before, after)).toEqual([
    'the function oauth is new',
    'the function authz is deleted, with its schedule, queue or subscription',
    'the function api changes: concurrency 80 → 40',
    'the rules of Firestore change, at once and for everybody',
    'an index is built, which takes a while: three',
    'an index is deleted: one',
    'the catalogue 2027-01-01 can be published',
  ])
  expect(planWords(after, before).at(-1)).toContain('STOP: the catalogue 2027-01-01 is gone')
  const edited = { ...before, catalogues: { '2026-11-01': 'edited' } }
  expect(planWords(before, edited)).toEqual([expect.stringContaining('STOP: the catalogue 2026-11-01 has changed')])
})

const agreeing: Agreeing = {
  settings: ['LK_ISSUER', 'LK_SMTP_HOST'],
  refused: undefined,
  read: ['LK_ISSUER', 'LK_SMTP_HOST', 'LK_KMS_ENDPOINT'],
  firebase: { firestore: { rules: 'firestore.rules', indexes: 'firestore.indexes.json' } },
  exists: () => true,
  outOfDate: undefined,
  uncommitted: [],
}

test('C-155 what fits together agrees', () => {
  expect(disagreements(agreeing)).toEqual([])
})

test.each([
  ['no settings', { settings: undefined }, 'there are no settings'],
  ['a setting too few', { settings: [] }, 'LK_ISSUER is not set'],
  ['a setting that nobody reads', { settings: ['LK_ISSUER', 'LK_OLD'] }, 'nobody reads LK_OLD'],
  ['what functions refuse', { refused: 'Refusing to start: LK_ISSUER' }, 'would not start: Refusing to start'],
  ['an emulator’s setting', { settings: ['LK_ISSUER', 'LK_KMS_ENDPOINT'] }, 'for emulators alone'],
  [
    'other rules',
    { firebase: { firestore: { rules: 'open.rules', indexes: 'firestore.indexes.json' } } },
    'other rules',
  ],
  ['no rules', { exists: () => false }, 'firestore.rules is not there'],
  ['old generated files', { outOfDate: 'docs/reference/openapi.json' }, 'out of date'],
  ['what is in no commit', { uncommitted: [' M functions/src/app.ts'] }, 'must be in a commit'],
] as const)('C-155 %s is refused', (_what, change, sentence) => {
  expect(disagreements({ ...agreeing, ...change }).join()).toContain(sentence)
})

const did = ({ program, args }: ReturnType<typeof deploySteps>[number]): string =>
  program === 'gcloud' ? 'wait' : `${args[4]}${args.includes('--force') ? ', removing' : ''}`

test('new indexes are ready before functions, old ones go after them, and nothing comes after a failure', async () => {
  const steps = deploySteps('latchkey-prod')
  const all = ['firestore:indexes', 'wait', 'firestore:rules, removing', 'functions, removing', 'hosting, removing']
  expect(steps.map(did)).toEqual([...all, 'firestore:indexes, removing'])
  const run: string[] = []
  const step = async (one: (typeof steps)[number]): Promise<boolean> => {
    run.push(did(one))
    return !did(one).startsWith('functions')
  }
  const failed = await runDeployment(steps, step, () => undefined)
  expect(run).toEqual(all.slice(0, 4))
  expect(failed?.what).toContain('functions')
  expect(
    await runDeployment(
      steps,
      async () => true,
      () => undefined,
    ),
  ).toBeUndefined()
})

test.each([
  ['is over when all are ready', ['CREATING a\nREADY b', 'READY a\nREADY b\n\tfields without any'], true, 1],
  ['fails for an index that cannot be built', ['CREATING a\nNEEDS_REPAIR b'], false, 0],
  ['fails when nobody can tell', [undefined], false, 0],
] as const)('waiting for indexes %s', async (_what, answers, ready, pauses) => {
  const left = [...answers]
  const said: string[] = []
  let paused = 0
  const pause = async (): Promise<void> => {
    paused++
  }
  expect(await waitForIndexes({ list: async () => left.shift(), say: (line) => said.push(line), pause })).toBe(ready)
  expect(paused).toBe(pauses)
})

test('a deployment that failed goes back to the last good one, a good one to the one before', () => {
  const first = afterGoodEnd({ begun: 'a', deployed: undefined, before: undefined }, 'a')
  const second = afterGoodEnd({ ...first, begun: 'b' }, 'b')
  expect(rollbackTarget(first)).toBeUndefined()
  expect(rollbackTarget(second)).toBe('a')
  expect(rollbackTarget({ ...second, begun: 'c' })).toBe('b')
  expect(afterGoodEnd({ ...second, begun: 'b' }, 'b')).toEqual(second)
  expect(rollbackTarget(afterGoodEnd({ ...second, begun: 'a' }, 'a'))).toBe('b')
})

test('older functions get the settings that they read, and no newer ones, which they would refuse', () => {
  const settings = 'LK_ISSUER="https://id.acme.example"\nLK_NEW="a=b"\n'
  expect(settingsFor(['LK_ISSUER'], settings)).toBe('LK_ISSUER="https://id.acme.example"\n')
})

test('asks each door, and names the one that answers wrongly or not at all', async () => {
  const server = createServer(({ method, url }, response) => {
    const headers = { 'Strict-Transport-Security': 'max-age=63072000' }
    response.writeHead(method === 'POST' ? 401 : url === '/v1/health' ? 503 : 200, headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  expect(await smokeTest(probesOf({ api: origin, authz: origin, id: origin, app: origin }))).toEqual([
    `GET ${origin}/v1/health answers 503 instead of 200`,
    ...['id', 'app'].map(() => `GET ${origin}/ comes without content-security-policy`),
  ])
  server.close()
  expect(await smokeTest([{ url: 'http://127.0.0.1:1/', method: 'GET', status: 200 }])).toEqual([
    'GET http://127.0.0.1:1/ answers nothing instead of 200',
  ])
})

// `npm run restore -- --project <id> --since <moment of the backup> --events <file>`: takes away again from a restored database what was taken away since.
import { writeFileSync } from 'node:fs'
import { fromIso } from '@latchkey/core/kernel/time'
import { createApp } from '../functions/src/app.ts'
import { restorePlatform } from '../functions/src/groups/restore-platform.ts'
import { gatherTakings } from '../functions/src/rooms/lifecycle/restore/gather-takings.ts'
import { projectFault } from './deploy/env-text.ts'
import { failPlainly } from './operator/fail-plainly.ts'
import { readOptions, refuse } from './operator/read-options.ts'
import { settingsOf } from './operator/settings-of.ts'
import { type ReadLines, readLines } from './restore/read-lines.ts'
import { isWhole, reportText } from './restore/report.ts'

const usage = `Usage: npm run restore -- --project <id> --since <moment of the backup> --events <file> [--events <file> …]
  --since     as in 2026-11-22T02:00:00Z: the moment whose state was restored
  --events    lines of the log of audit events since then, as \`gcloud logging read --format=json\` prints them
  --dry-run   says what would be done, and changes nothing
  --end-keys  ends every API key of the platform as well: for when lines are missing
  --report    where to write what became of each document (restore-report.json)
It only ever takes away, so it may be run again, and with more lines. Every sign-in ends, too.`

const values = readOptions(usage, {
  project: { type: 'string', default: '' },
  since: { type: 'string', default: '' },
  events: { type: 'string', multiple: true, default: [] },
  'dry-run': { type: 'boolean', default: false },
  'end-keys': { type: 'boolean', default: false },
  report: { type: 'string', default: 'restore-report.json' },
})
const { project, events, report: file, 'dry-run': dryRun } = values
const since = fromIso(values.since)
const fault = project.startsWith('demo-') ? undefined : projectFault(project)
if (fault !== undefined) refuse(fault, usage)
if (since === undefined) refuse(`"${values.since}" is no moment: --since 2026-11-22T02:00:00Z.`, usage)
if (events.length === 0) refuse('Say which lines: --events <file>.', usage)
failPlainly()

const read: ReadLines[] = []
for (const one of events)
  read.push(
    await readLines(one, project).catch((reason: unknown) => {
      console.error(`${reason instanceof Error ? reason.message : String(reason)} Nothing was changed.`)
      process.exit(2)
    }),
  )
const broken = read.flatMap((one) => one.broken)
const gathered = gatherTakings(
  read.flatMap(({ lines }) => lines),
  since,
)
if (gathered.lines === 0) {
  console.error(`None of these lines is an audit event since ${values.since}. Nothing was changed.`)
  process.exit(2)
}

// What it commits is said on standard output by the app itself, a line each; people read the other one.
const app = createApp({ ...process.env, ...settingsOf(project), GCLOUD_PROJECT: project })
const every = Math.max(1, Math.ceil(gathered.pieces.length / 20))
const restored = await restorePlatform(app, gathered, {
  since,
  dryRun,
  ending: { sessions: true, keys: values['end-keys'] },
  progress: (done) => {
    if (done % every === 0) console.error(`${done} of ${gathered.pieces.length} pieces`)
  },
})
const foreign = read.reduce((sum, one) => sum + one.foreign, 0)
const reported = { gathered, restored, broken, foreign, dryRun, file }
writeFileSync(
  file,
  `${JSON.stringify({ since: values.since, dryRun, ...restored, byHand: gathered.byHand, broken }, null, 2)}\n`,
)
console.error(reportText(reported))
process.exit(isWhole(reported) ? 0 : 1) // clients keep connections open

// `bench verify`: what it costs to know who calls, beside peers and limits; writes its section of `docs/benchmarks.md`.
import { parseArgs } from 'node:util'
import { writeSection } from '../shared/write-docs.ts'
import { apiKeys } from './api-keys.ts'
import { runContest } from './rounds.ts'
import { sectionOf } from './section.ts'
import { tokenMiss } from './token-miss.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const say = (line: string): void => console.log(line)
const contests = [await tokenMiss(), await apiKeys([])]
const results = []
for (const contest of contests) {
  say(contest.heading)
  results.push({ contest, figures: await runContest(contest, say) })
}
const section = sectionOf(results)
say(`\n${section}\n`)
if (values.write) writeSection('verify', 'Verification', section)

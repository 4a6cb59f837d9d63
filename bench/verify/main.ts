// `bench verify`: what it costs to know who calls, beside peers and limits; writes its section of `docs/benchmarks.md`. Needs `npm start` beside it.
import { writeSection } from '../shared/write-docs.ts'
import { apiKeys } from './api-keys.ts'
import { goalsOf } from './goals.ts'
import { onStack } from './on-a-stack.ts'
import { runContest } from './rounds.ts'
import { sectionOf } from './section.ts'
import { tokenMiss, tokenSeen } from './tokens-contests.ts'

const say = (line: string): void => console.log(line)
const stack = await onStack()
const contests = [await tokenMiss(), tokenSeen(stack.warm.token), await apiKeys(stack.warm.key), ...stack.contests]
const results = []
for (const contest of contests) {
  say(contest.heading)
  results.push({ contest, figures: await runContest(contest, say) })
  stack.holdToSilence()
}
await stack.close()
const [miss = [], seen = [], keys = [], , http = []] = results.map(({ figures }) => figures)
const section = sectionOf(results, goalsOf({ miss, seen, keys, http }))
say(`\n${section}\n`)
writeSection('verify', 'Verification', section)
process.exit(0) // clients of the emulators keep connections open

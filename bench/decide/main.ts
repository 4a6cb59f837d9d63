// `bench decide`: measures the decision beside its peers and writes the section of `docs/benchmarks.md`.
import { parseArgs } from 'node:util'
import { writeSection } from '../shared/write-docs.ts'
import { contestants } from './contestants/all.ts'
import { ours } from './contestants/ours.ts'
import { runRounds, type SizeResult } from './measure/rounds.ts'
import { weighWarmAgency } from './measure/warm-agency.ts'
import { sectionOf } from './report/section.ts'
import type { SizeName } from './world/model.ts'
import { makeWorld, sizes } from './world/world.ts'

const seed = 20_261_122
const command = 'npm run bench:decide'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'S,M,L' },
    /** Parts of contestants' names; ours always runs. */
    only: { type: 'string', default: '' },
  },
})

const isSize = (name: string): name is SizeName => name in sizes
const chosenSizes = values.size.split(',').filter(isSize)
const wanted = values.only.toLowerCase().split(',')
const chosen = contestants.filter((one) => one === ours || wanted.some((part) => one.name.toLowerCase().includes(part)))
if (chosenSizes.length === 0) throw new Error('--size takes S, M and L, separated by commas')

const say = (line: string): void => console.log(line)
const began = performance.now()
const warm = weighWarmAgency(seed)
const results: SizeResult[] = []
for (const name of chosenSizes) {
  say(`${name}: making the world`)
  results.push(await runRounds(makeWorld(sizes[name], seed), chosen, say))
}
const section = sectionOf(results, warm, command)
say(`\n${section}\n`)
const complete = chosen.length === contestants.length && chosenSizes.length === Object.keys(sizes).length
if (complete) writeSection('decide', 'Decision, in process', section)
const taken = Math.round((performance.now() - began) / 1000)
say(`${taken} s; docs/benchmarks.md ${complete ? 'is written' : 'is left as it is: the run was not complete'}.`)

// Every contestant, ours first. Cerbos is missing: its binary cannot be had from npm.

import { bitsetInteger } from './bitset-integer.ts'
import { bitsetTree } from './bitset-tree.ts'
import type { Contestant } from './contestant.ts'
import { naive } from './naive.ts'
import { ours, oursExplained, oursWithFacts } from './ours.ts'
import { accesscontrol } from './peers/accesscontrol.ts'
import { betterAuth } from './peers/better-auth.ts'
import { casbinDocumented } from './peers/casbin-documented.ts'
import { casbinTuned } from './peers/casbin-tuned.ts'
import { caslBuilt, caslKept } from './peers/casl.ts'
import { cedarWasm } from './peers/cedar.ts'

export const contestants: readonly Contestant[] = [
  ours,
  oursWithFacts,
  oursExplained,
  bitsetInteger,
  bitsetTree,
  naive,
  betterAuth,
  accesscontrol,
  caslKept,
  caslBuilt,
  casbinTuned,
  cedarWasm,
  casbinDocumented,
]

// `docs/reference/background-costs.md`: the print of what background work was counted to cost.
import type { Cost } from './counting.ts'

export interface Row {
  readonly work: string
  /** Of what, or of which part of it. */
  readonly what: string
  readonly cost: Cost
}

const introduction = [
  '# Costs of background work',
  '',
  'What schedules, triggers, subscribers and queues cost, counted by a proxy before Firestore’s emulator and by the local KMS in the test that prints this table',
  '(`UPDATE_REFERENCE=1 npm test -- --only emulator` prints it anew); what operations cost while somebody waits stands in [costs](costs.md). “Calls” are round trips to',
  'Firestore, “KMS” operations of Cloud KMS; a removal is a write, and a query that finds nothing is a read. The lease and the record of a run are in each run; the',
  'catalogue, which every instance keeps and whose head it looks up every five seconds, is in none.',
  '',
  'Each figure is exact, and the test fails when one changes. “Each … more” is the slope between two runs over a few and over many things, and a run “before” them is',
  'what is left. Both sizes stay within one batch (150 events of a seal, 400 records of a sweep or 40 of what people could see), so a larger one takes a few calls more;',
  'only turns of webhooks are measured over whole batches of four and eight, and parts of a call stand for shares of a batch. Sealing is measured over 16 and 32 events,',
  'one and two in each shard of the outbox. Where a look finds its first thing, that takes the place of the read for nothing. What Secret Manager is asked is not counted.',
]

const line = ({ work, what, cost: { calls, reads, writes, kms } }: Row): string =>
  `| \`${work}\` | ${what} | ${calls} | ${reads} | ${writes} | ${kms} |`

export const pageOf = (rows: readonly Row[]): string =>
  [
    ...introduction,
    '',
    '| work | of what | calls | reads | writes | KMS |',
    '| --- | --- | --: | --: | --: | --: |',
    ...rows.map(line),
    '',
  ].join('\n')

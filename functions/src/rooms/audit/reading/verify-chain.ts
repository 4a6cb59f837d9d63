// `audit/verify`: a stretch of a tenant's chain against its seals and the second place, with the place of whatever is wrong.
import { type Head, headOf } from '@latchkey/core/audit/chain'
import { verifyInput, verifyOutput } from '@latchkey/core/audit/contract'
import { type AnchorRecord, anchorRecord, type ExportLine } from '@latchkey/core/audit/export-lines'
import type { Report } from '@latchkey/core/audit/verify/fault'
import { type Verification, verifyLog } from '@latchkey/core/audit/verify/verify-log'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { checkSignature } from '../../../platform/ecdsa.ts'
import { sha256 } from '../../../platform/seal.ts'
import type { ReadingDependencies } from '../dependencies.ts'
import { anchorName, sealingIn, sealingPath } from '../documents.ts'
import { chainOf, endLine, headAfter } from './export-chain.ts'
import type { NoteRead } from './note-read.ts'

interface Verifying extends Pick<ReadingDependencies, 'read' | 'anchors' | 'sealKeys'> {
  readonly noteRead: NoteRead
}

export const verifyChain = (dependencies: Verifying) =>
  operation({
    group: 'audit',
    name: 'verify',
    summary: 'Verifies a tenant’s audit log: every event, segment and seal, and the seals in the second place.',
    input: verifyInput,
    output: verifyOutput,
    access: { permission: 'iam.audit.verify' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { tenant, input } = admitted
      const sequence = input.after ?? 0
      const after = sequence === 0 ? undefined : await headAfter(dependencies.read, { tenant, after: sequence })
      if (sequence !== 0 && after === undefined) return err(iamError('invalid_request', { field: 'after' }))
      const noted = await dependencies.noteRead(admitted, 'verified')
      if (!noted.ok) return noted
      return ok(await verified({ tenant, after, limit: input.limit }, dependencies))
    },
  })

interface Stretch {
  readonly tenant: string
  readonly after: Head | undefined
  readonly limit: number
}

/** The newest seals: an end that was cut off within them is found here, one from before by an export and all anchors. */
const newestSeals = 20

const verified = async (stretch: Stretch, dependencies: Verifying) => {
  // Before the chain is read: what is sealed meanwhile is later than the end that is read here, and no end that was cut off.
  const [current] = await dependencies.read.getAll([sealingPath])
  const { lines, isEnd, head } = await linesOf(stretch, dependencies)
  const { records, missing } = await anchorsOf(lines, { isEnd, anchored: sealingIn(current).anchored }, dependencies)
  const verification: Verification = verifyLog(
    { keys: await dependencies.sealKeys(), anchors: records, someAnchors: true },
    { sha256, checkSignature: (key, signature, signed) => checkSignature(key, signature, signed) === true },
  )
  for (const line of lines) verification.line(line)
  const report = verification.finish()
  return { ...shownReport(report, missing), ...(isEnd || head === undefined ? {} : { next: head.sequence }) }
}

const shownReport = ({ segments, events, last, anchors, faults, tenant }: Report, missing: readonly number[]) => ({
  segments,
  events,
  last,
  anchors,
  faults: [
    ...faults,
    ...missing.map((seal) => ({ kind: 'anchor', tenant, sentence: `seal ${seal} is missing in the second place` })),
  ],
})

/** A seal each minute: what was sealed while this was read is read as well, and only then is the end the end. */
const mostLooks = 5

const linesOf = async ({ tenant, after, limit }: Stretch, { read }: Verifying) => {
  const lines: ExportLine[] = [{ kind: 'log', version: 1, tenant, after: after ?? null }]
  let [head, segments] = [after, 0]
  for (let looks = 1; ; looks++) {
    for await (const block of chainOf(read, { tenant, after: head?.sequence ?? 0 })) {
      if (segments === limit) {
        lines.push({ kind: 'end', head: head ?? null })
        return { lines, isEnd: false, head }
      }
      lines.push(...block)
      for (const line of block) if (line.kind === 'segment') head = headOf(sha256, bare(line))
      segments++
    }
    const end = await endLine(read, tenant, head)
    const isBehind = end.kind === 'end' && (end.head?.sequence ?? 0) > (head?.sequence ?? 0)
    if (isBehind && looks < mostLooks) continue
    lines.push(end)
    return { lines, isEnd: true, head }
  }
}

const bare = ({ kind: _kind, index: _index, path: _path, ...segment }: Extract<ExportLine, { kind: 'segment' }>) =>
  segment

/** Of the seals at hand, and at the end of the newest; those that should be there and are not. */
const anchorsOf = async (
  lines: readonly ExportLine[],
  { isEnd, anchored }: { readonly isEnd: boolean; readonly anchored: number },
  { anchors }: Verifying,
) => {
  const own = lines.flatMap((line) => (line.kind === 'seal' ? [line.sequence] : []))
  const newest = isEnd ? Array.from({ length: Math.min(newestSeals, anchored) }, (_, at) => anchored - at) : []
  const wanted = [...new Set([...own.filter((sequence) => sequence <= anchored), ...newest])].toSorted((a, b) => a - b)
  const found = await Promise.all(
    wanted.map(async (sequence) => [sequence, await anchors.read(anchorName(sequence))] as const),
  )
  const records: AnchorRecord[] = []
  const missing: number[] = []
  for (const [sequence, text] of found) {
    const record = text === undefined ? undefined : recordIn(text)
    if (record === undefined) missing.push(sequence)
    else records.push(record)
  }
  return { records, missing }
}

const recordIn = (text: string): AnchorRecord | undefined => {
  try {
    return anchorRecord.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

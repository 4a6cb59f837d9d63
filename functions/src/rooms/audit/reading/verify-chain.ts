// `audit/verify`: a stretch of a tenant's chain against its seals and the second place, with the place of whatever is wrong.
import { verifyInput, verifyOutput } from '@latchkey/core/audit/contract'
import type { Fault } from '@latchkey/core/audit/verify/fault'
import type { Host } from '@latchkey/core/audit/verify/seals'
import { verifyLog } from '@latchkey/core/audit/verify/verify-log'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { checkSignature } from '../../../platform/ecdsa.ts'
import { sha256 } from '../../../platform/seal.ts'
import type { ReadingDependencies } from '../dependencies.ts'
import { sealingIn, sealingPath } from '../documents.ts'
import { findRedactions } from '../redaction/find-redactions.ts'
import { headAfter, type StoredEvent } from './export-chain.ts'
import { findRestore } from './find-restore.ts'
import { readStretchAnchors } from './read-anchors.ts'
import { readStretch, type Stretch } from './read-stretch.ts'

type Verifying = Pick<ReadingDependencies, 'read' | 'anchors' | 'sealKeys'>

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
    noted: 'audit.verified',
    handler: async ({ tenant, input }) => {
      const sequence = input.after ?? 0
      const after = sequence === 0 ? undefined : await headAfter(dependencies.read, { tenant, after: sequence })
      if (sequence !== 0 && after === undefined) return err(iamError('invalid_request', { field: 'after' }))
      return ok(await verified({ tenant, after, limit: input.limit }, dependencies))
    },
  })

const verified = async (stretch: Stretch, dependencies: Verifying) => {
  const { read, anchors, sealKeys } = dependencies
  // Before the chain is read: what is sealed meanwhile is later than the end that is read here, and no end that was cut off.
  const [current] = await read.getAll([sealingPath])
  const { lines, isEnd, head, hidden } = await readStretch(read, stretch)
  const keys = await sealKeys()
  const { tenant } = stretch
  const sealing = sealingIn(current)
  const place = { tenant, lines, isEnd, sealing, published: keys }
  const { anchored, missing } = await readStretchAnchors(anchors, place, host)
  const restored = isEnd ? await findRestore(dependencies, tenant, sealing) : []
  const redacted = lines.flatMap((line) => (line.kind === 'event' && 'removed' in line ? [line.id] : []))
  const redactedLater = await findRedactions(read, tenant, redacted)
  const verification = verifyLog({ keys, anchors: anchored, isEnd, redactedLater }, host)
  for (const line of lines) verification.line(line)
  const { after: _after, tenant: _tenant, faults, ...report } = verification.finish()
  return {
    ...report,
    redactions: report.redactions.map((one) => ({ ...one, fields: [...one.fields] })),
    faults: [
      ...faults,
      ...missing.map((seal) => missingFault(tenant, seal)),
      ...restored,
      ...hiddenFaults(hidden, faults),
    ],
    ...(isEnd || head === undefined ? {} : { next: head.sequence }),
  }
}

const host: Host = {
  sha256,
  checkSignature: (key, signature, signed) => checkSignature(key, signature, signed) === true,
}

const missingFault = (tenant: string, seal: number): Fault => ({
  kind: 'anchor',
  tenant,
  sentence: `seal ${seal} is missing in the second place`,
})

/** Of an event that is not what was sealed nothing else is to be said. */
const hiddenFaults = (hidden: readonly StoredEvent[], faults: readonly Fault[]): readonly Fault[] =>
  hidden
    .filter(({ id }) => !faults.some(({ event }) => event === id))
    .map(({ tenant, id, position }) => ({
      kind: 'search',
      tenant,
      position,
      event: id,
      sentence: 'a search does not find this event by what it says',
    }))

// `GET /v1/audit/export`: a tenant's sealed log as lines that anybody with the public keys can verify, as fast as the listener takes them.
import { type Head, headOf } from '@latchkey/core/audit/chain'
import { exportInput } from '@latchkey/core/audit/contract'
import type { ExportLine } from '@latchkey/core/audit/export-lines'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import { tenantId } from '@latchkey/core/kernel/wire'
import * as z from 'zod'
import { type Lines, operation } from '../../../guard/definition.ts'
import { sha256 } from '../../../platform/seal.ts'
import { noteExport } from '../../../platform/store/note-read.ts'
import type { ReadingDependencies } from '../dependencies.ts'
import { chainOf, endLine, headAfter } from './export-chain.ts'

type Exporting = Pick<ReadingDependencies, 'read' | 'commit' | 'clock' | 'log'>

/** Within the half minute that a request has; the end line says that there is more, and the next call goes on. */
const longestSeconds = secondsOf(20)

const accepted = z.strictObject({
  tenant: tenantId,
  after: z.strictObject({ sequence: z.int(), last: z.int(), hash: z.string() }).nullable(),
})

export const exportLog = (dependencies: Exporting) =>
  operation({
    group: 'audit',
    name: 'export',
    summary:
      'Streams a tenant’s sealed audit log: events, the segments they are in, the way to their seals, and the seals.',
    input: exportInput,
    output: accepted,
    access: { permission: 'iam.audit.export' },
    tenant: (input) => input.tenant,
    effect: 'read',
    method: 'GET',
    path: '/v1/audit/export',
    handler: async (admitted) => {
      const { tenant, input } = admitted
      const sequence = Number(input.after ?? 0)
      const after = sequence === 0 ? undefined : await headAfter(dependencies.read, { tenant, after: sequence })
      if (sequence !== 0 && after === undefined) return err(iamError('invalid_request', { field: 'after' }))
      const noted = await noteExport(dependencies.commit, admitted, sequence)
      return noted.ok ? ok({ tenant, after: after === undefined ? null : { ...after } }) : noted
    },
    stream: (from, lines) => stream(from, lines, dependencies),
  })

const stream = ({ tenant, after }: z.output<typeof accepted>, lines: Lines, dependencies: Exporting): (() => void) => {
  const listener = { lines, gone: false, until: plusSeconds(dependencies.clock(), longestSeconds) }
  pump({ tenant, after: after ?? undefined }, listener, dependencies)
    .catch((error: unknown) => dependencies.log('ERROR', 'an export broke off', { tenant, error }))
    // Without an end line: whoever verifies it sees that it is not whole.
    .finally(() => lines.end())
  return () => {
    listener.gone = true
  }
}

interface Listener {
  readonly lines: Lines
  gone: boolean
  readonly until: Instant
}

const pump = async (
  { tenant, after }: { readonly tenant: string; readonly after: Head | undefined },
  listener: Listener,
  { read, clock }: Exporting,
): Promise<void> => {
  let last = after
  if (!(await sent({ kind: 'log', version: 1, tenant, after: after ?? null }, listener))) return
  for await (const block of chainOf(read, { tenant, after: after?.sequence ?? 0 })) {
    for (const line of block) {
      if (!(await sent(line, listener))) return
      if (line.kind === 'segment') last = headOfLine(line)
    }
    if (isOver(listener.until, clock())) break
  }
  await sent(await endLine(read, tenant, last), listener)
}

const headOfLine = ({
  kind: _kind,
  index: _index,
  path: _path,
  ...segment
}: Extract<ExportLine, { kind: 'segment' }>) => headOf(sha256, segment)

/** Nothing more is read than the listener takes. */
const sent = async (line: ExportLine, { lines, gone }: Listener): Promise<boolean> => {
  if (gone || !lines.send(line)) return false
  await lines.drained()
  return true
}

// A stretch of a tenant's chain as lines in memory, to be verified here: up to its end as it is then, or to the limit.
import { type Head, headOf } from '@latchkey/core/audit/chain'
import type { ExportLine } from '@latchkey/core/audit/export-lines'
import { sha256 } from '../../../platform/seal.ts'
import { isFindable } from '../../../platform/store/audit-document.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { chainOf, endLine, type StoredEvent } from './export-chain.ts'

export interface Stretch {
  readonly tenant: string
  readonly after: Head | undefined
  /** At most so many segments. */
  readonly limit: number
}

export interface ReadStretch {
  readonly lines: readonly ExportLine[]
  readonly isEnd: boolean
  readonly head: Head | undefined
  /** Events that a search does not find by what they say. */
  readonly hidden: readonly StoredEvent[]
}

/** A seal each minute: what was sealed while this was read is read as well, and only then is the end the end. */
const mostLooks = 5

export const readStretch = async (read: Reader, { tenant, after, limit }: Stretch): Promise<ReadStretch> => {
  const lines: ExportLine[] = [{ kind: 'log', version: 1, tenant, after: after ?? null }]
  const hidden: StoredEvent[] = []
  const look = (event: StoredEvent): void => {
    if (!isFindable(event.id, event.stored)) hidden.push(event)
  }
  let [head, segments] = [after, 0]
  for (let looks = 1; ; looks++) {
    for await (const block of chainOf(read, { tenant, after: head?.sequence ?? 0 }, look)) {
      if (segments === limit) {
        lines.push({ kind: 'end', head: head ?? null })
        return { lines, isEnd: false, head, hidden: hidden.filter(({ position }) => position <= (head?.last ?? 0)) }
      }
      lines.push(...block)
      for (const line of block) if (line.kind === 'segment') head = headOf(sha256, bare(line))
      segments++
    }
    const end = await endLine(read, tenant, head)
    const isBehind = end.kind === 'end' && (end.head?.sequence ?? 0) > (head?.sequence ?? 0)
    if (isBehind && looks < mostLooks) continue
    lines.push(end)
    return { lines, isEnd: true, head, hidden }
  }
}

const bare = ({ kind: _kind, index: _index, path: _path, ...segment }: Extract<ExportLine, { kind: 'segment' }>) =>
  segment

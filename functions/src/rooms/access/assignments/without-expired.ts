// What else changes when expired assignments are removed: they leave the grants that they are folded into.
import { grantsPath } from '@latchkey/core/access/assembly/documents'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import type { DocumentFields, Reader, StoredDocument } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

export const withoutExpired = async (
  read: Reader,
  tenant: TenantId,
  gone: readonly StoredDocument[],
): Promise<readonly Write[]> => {
  const ids = new Set(gone.map(({ id }) => id.split('/').at(-1)))
  const paths = [
    ...new Set(
      gone
        .map(({ fields }) => String(fields['principal']))
        .filter(isPrincipalRef)
        .map((principal) => grantsPath(tenant, principal)),
    ),
  ]
  const found = await read.getAll(paths)
  return paths.flatMap((path, index): Write[] => {
    const fields = found[index]
    if (fields === undefined) return []
    const entries = Object.entries((fields['entries'] ?? {}) as DocumentFields) // our own document
    return [{ kind: 'update', path, fields: { entries: Object.fromEntries(entries.filter(([id]) => !ids.has(id))) } }]
  })
}

// A stored key as whoever asks with its newest secret: for questions about a key by those who do not have it.
import type { KeyId, TenantId } from '@latchkey/core/kernel/ids'
import type { Instant } from '@latchkey/core/kernel/time'
import type { Caller } from '../../../guard/caller.ts'
import type { Reader } from '../../../platform/store/reader.ts'
import { readStoredKey } from '../keys/key-document.ts'
import { keyOwner, liveOwner } from './authenticate-key.ts'

export const findKey = async (
  read: Reader,
  tenant: TenantId,
  key: KeyId,
  now: Instant,
): Promise<{ readonly caller: Caller; readonly counts: boolean } | undefined> => {
  const stored = await readStoredKey(read, tenant, key)
  if (stored === undefined) return undefined
  const { id, fields } = stored.current
  const caller = keyOwner(id, fields)
  return caller === undefined ? undefined : { caller, counts: liveOwner(id, fields, now) !== undefined }
}

// What ended keys of an account by an entry at its agency goes along when it moves: what is dead stays dead, and nothing else ends.
import { grantsPath } from '@latchkey/core/access/assembly/documents'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { isPrincipalRef, type PrincipalRef } from '@latchkey/core/kernel/principal'
import { type DocumentFields, instantIn, type Reader } from '../../platform/store/reader.ts'
import { policyPath } from './tenant-document.ts'

const atOnce = 300

/** The later of two stored entries; one that cannot be read ends everything, so it wins. */
const later = (one: unknown, other: unknown): unknown => {
  if (one === undefined || other === undefined) return one ?? other
  const [first, second] = [instantIn(one), instantIn(other)]
  if (first === undefined || second === undefined) return first === undefined ? one : other
  return first > second ? one : other
}

/** The fields of the account's policy: the entry of the whole agency, and by owner those that stand in its grants. */
export const endedKeys = async (read: Reader, account: TenantId, agency: TenantId): Promise<DocumentFields> => {
  const [own, above] = await read.getAll([policyPath(account), policyPath(agency)])
  const all = later(own?.['keysNotBefore'], above?.['keysNotBefore'])
  const carried = own?.['ownersKeysNotBefore'] as DocumentFields | undefined // written here
  const owners = await ownersOfKeys(read, account)
  const entries = await read.getAll(owners.map((owner) => grantsPath(agency, owner)))
  const ended = owners.flatMap((owner, index) => {
    const entry = later(carried?.[owner], entries[index]?.['keysNotBefore'])
    return entry === undefined ? [] : [[owner, entry] as const]
  })
  return {
    ...(all === undefined ? {} : { keysNotBefore: all }),
    ...(ended.length === 0 ? {} : { ownersKeysNotBefore: { ...carried, ...Object.fromEntries(ended) } }),
  }
}

/** Dead keys, too: whoever owns one may own another that lives. */
const ownersOfKeys = async (read: Reader, account: TenantId): Promise<readonly PrincipalRef[]> => {
  const owners = new Set<PrincipalRef>()
  let after: string | undefined
  do {
    const page = await read.list({
      collection: `tenants/${account}/apiKeys`,
      ...(after === undefined ? {} : { after }),
      limit: atOnce,
    })
    for (const { fields } of page) {
      const owner = String(fields['owner'])
      if (isPrincipalRef(owner)) owners.add(owner)
    }
    after = page.length < atOnce ? undefined : page.at(-1)?.id
  } while (after !== undefined)
  return [...owners]
}

// Reads what a decision needs: the chain of policies and the grants on it, by id, in one round trip where the credential names its agency.
import { assembleFacts, type Known } from '@latchkey/core/access/assembly/assemble-facts'
import type { DocumentFields } from '@latchkey/core/access/assembly/documents'
import type { Facts } from '@latchkey/core/access/facts'
import type { Catalogue } from '@latchkey/core/catalogue/compile'
import type { IamError } from '@latchkey/core/kernel/errors'
import type { TenantId } from '@latchkey/core/kernel/ids'
import type { Result } from '@latchkey/core/kernel/result'
import type { Caller } from '../../../guard/caller.ts'
import { instantIn, type Reader } from '../../../platform/store/reader.ts'
import type { CatalogueStore } from './catalogue-store.ts'
import { keptFacts } from './kept-facts.ts'

export type LoadFacts = (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>

export const factsLoader = (catalogues: CatalogueStore): LoadFacts => {
  const kept = keptFacts()
  const assembled: LoadFacts = async (read, caller, tenant) => {
    const documents = new Map<string, { readonly fields: DocumentFields | undefined }>()
    const versions = new Map<string, { readonly catalogue: Catalogue | undefined }>()
    const head = await catalogues.head()
    const known: Known = {
      head,
      momentIn: instantIn,
      document: (path) => documents.get(path),
      catalogue: (version) => versions.get(version),
    }
    for (;;) {
      const next = assembleFacts(known, caller, tenant)
      if (next.kind === 'facts') {
        // A version that nobody knows may be published in a moment.
        const whole = [...versions.values()].every(({ catalogue }) => catalogue !== undefined)
        if (read.atHand !== undefined && whole) kept.keep({ caller, tenant, head }, documents, next.facts)
        return next.facts
      }
      const found = await read.getAll(next.documents)
      next.documents.forEach((path, index) => void documents.set(path, { fields: found[index] }))
      for (const version of next.versions) versions.set(version, { catalogue: await catalogues.ofVersion(version) })
    }
  }
  return (read, caller, tenant) =>
    kept.find(read, { caller, tenant, head: catalogues.headAtHand() }) ?? assembled(read, caller, tenant)
}

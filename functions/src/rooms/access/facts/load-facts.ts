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

export type LoadFacts = (read: Reader, caller: Caller, tenant: TenantId) => Promise<Result<Facts, IamError>>

export const factsLoader =
  (catalogues: CatalogueStore): LoadFacts =>
  async (read, caller, tenant) => {
    const documents = new Map<string, { readonly fields: DocumentFields | undefined }>()
    const versions = new Map<string, { readonly catalogue: Catalogue | undefined }>()
    const known: Known = {
      head: await catalogues.head(),
      momentIn: instantIn,
      document: (path) => documents.get(path),
      catalogue: (version) => versions.get(version),
    }
    for (;;) {
      const assembled = assembleFacts(known, caller, tenant)
      if (assembled.kind === 'facts') return assembled.facts
      const found = await read.getAll(assembled.documents)
      assembled.documents.forEach((path, index) => void documents.set(path, { fields: found[index] }))
      for (const version of assembled.versions) {
        versions.set(version, { catalogue: await catalogues.ofVersion(version) })
      }
    }
  }

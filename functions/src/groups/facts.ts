// What services load to decide by themselves, and what they report; each answers at a path of its own.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { sightOf } from '../rooms/access/served/asker-sight.ts'
import { loadCatalogue, loadGrants, loadPerson, loadPolicy } from '../rooms/access/served/load-documents.ts'
import {
  type DescribeDependencies,
  describeCredential,
  describeRoot,
} from '../rooms/credentials/use/describe-credential.ts'
import { reportUsage } from '../rooms/credentials/use/report-usage.ts'

const isWithin: DescribeDependencies['isWithin'] = async (read, chain, tenant) =>
  (await sightOf(read, chain, tenant))?.side === 'within'

export const operations = ({ store, log, leaseRate: lease, noteUse, noteDenial }: App): readonly AnyOperation[] => {
  const read = store?.read
  return [
    ...[loadPolicy, loadGrants, loadPerson, loadCatalogue].map((make): AnyOperation => make({ read })),
    ...[describeCredential, describeRoot].map((make): AnyOperation => make({ read, isWithin, lease })),
    reportUsage({ isWithin, lease, log, noteUse, noteDenial }),
  ]
}

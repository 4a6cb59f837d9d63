// Published catalogues: a version never changes, so each is read once an instance; the head is looked up every five seconds.
import { type Head, headOf, headPath, type PlatformEnds, platformEndsIn } from '@latchkey/core/access/assembly/head'
import { type Catalogue, compileCatalogue } from '@latchkey/core/catalogue/compile'
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { LRUCache } from 'lru-cache'
import { instantIn, type Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'

export interface CatalogueStore {
  /** The newest published version; throws `unavailable` when there is none, because nothing can be decided then. */
  readonly head: () => Promise<Head>
  /** The same without a promise; undefined when it must be looked up. */
  readonly headAtHand: () => Head | undefined
  /** What was ended on the whole platform, as of five seconds ago. */
  readonly ends: () => Promise<PlatformEnds | undefined>
  readonly ofVersion: (version: string) => Promise<Catalogue | undefined>
}

const headLifeMilliseconds = 5_000

export const catalogueStore = (read: Reader): CatalogueStore => {
  const versions = new LRUCache<string, Catalogue>({
    max: 20,
    fetchMethod: async (version) => {
      const [fields] = await read.getAll([`catalogue/${version}`])
      return fields === undefined ? undefined : compiled(version, fields['text'])
    },
  })
  const heads = new LRUCache<string, { readonly version: string; readonly ends: PlatformEnds | undefined }>({
    max: 1,
    ttl: headLifeMilliseconds,
    fetchMethod: async () => {
      const [fields] = await read.getAll([headPath])
      const version = fields?.['version']
      if (fields === undefined || typeof version !== 'string') return undefined
      return { version, ends: platformEndsIn(fields, instantIn) }
    },
  })
  const ofVersion = (version: string) => versions.fetch(version)
  return {
    ofVersion,
    headAtHand: () => {
      const found = heads.get('head')
      const catalogue = found === undefined ? undefined : versions.get(found.version)
      return catalogue === undefined ? undefined : headOf(catalogue, found?.ends)
    },
    ends: async () => (await heads.fetch('head'))?.ends,
    head: async () => {
      const found = await heads.fetch('head')
      const catalogue = found === undefined ? undefined : await ofVersion(found.version)
      if (catalogue === undefined) throw new StoreError('unavailable', 'no catalogue is published')
      return headOf(catalogue, found?.ends)
    },
  }
}

const compiled = (version: string, text: unknown): Catalogue => {
  const document = readCatalogue(JSON.parse(String(text)))
  if (!document.ok) throw new StoreError('unavailable', `catalogue ${version} is malformed`)
  return compileCatalogue(document.value)
}

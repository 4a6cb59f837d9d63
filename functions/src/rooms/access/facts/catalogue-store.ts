// Published catalogues: a version never changes, so each is read once an instance; the head is looked up every five seconds.
import { type Catalogue, compileCatalogue } from '@latchkey/core/catalogue/compile'
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { LRUCache } from 'lru-cache'
import type { Reader } from '../../../platform/store/reader.ts'
import { StoreError } from '../../../platform/store/store-error.ts'

export interface CatalogueStore {
  /** The newest published version; throws `unavailable` when there is none, because nothing can be decided then. */
  readonly head: () => Promise<Catalogue>
  /** The same without a promise; undefined when it must be looked up. */
  readonly headAtHand: () => Catalogue | undefined
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
  const heads = new LRUCache<string, string>({
    max: 1,
    ttl: headLifeMilliseconds,
    fetchMethod: async () => {
      const [fields] = await read.getAll(['catalogue/head'])
      const version = fields?.['version']
      return typeof version === 'string' ? version : undefined
    },
  })
  const ofVersion = (version: string) => versions.fetch(version)
  return {
    ofVersion,
    headAtHand: () => versions.get(heads.get('head') ?? ''),
    head: async () => {
      const version = await heads.fetch('head')
      const catalogue = version === undefined ? undefined : await ofVersion(version)
      if (catalogue === undefined) throw new StoreError('unavailable', 'no catalogue is published')
      return catalogue
    },
  }
}

const compiled = (version: string, text: unknown): Catalogue => {
  const document = readCatalogue(JSON.parse(String(text)))
  if (!document.ok) throw new StoreError('unavailable', `catalogue ${version} is malformed`)
  return compileCatalogue(document.value)
}

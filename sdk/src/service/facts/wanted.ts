// What can be loaded, from where, and what a change of it is announced as.
import type { DocumentFields } from '@latchkey/core/access/assembly/documents'
import { servedDocument } from '@latchkey/core/access/contract/served'
import { type Catalogue, compileCatalogue } from '@latchkey/core/catalogue/compile'
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { type Described, describeOutput } from '@latchkey/core/credentials/described'
import { digestOf } from '../digest.ts'
import { unavailable } from '../refused.ts'
import type { Loaded, Wanted } from './fact-store.ts'
import type { Exchange } from './transport.ts'

export type Document = DocumentFields | undefined

/** What is not there and may come without a word is asked for again after so long. */
const absenceLifeMilliseconds = 2_000

const neverSeen = '0000-00-00T00:00:00.000000Z'

const documentAt = async ({ get }: Exchange, path: string): Promise<Loaded<Document>> => {
  const answer = await get(path)
  // A tenant that we may not see is one that does not exist, as far as we can tell.
  if (answer === undefined) return { value: undefined, asOf: neverSeen }
  const read = servedDocument.safeParse(answer)
  if (!read.success) throw unavailable(`${path} was answered in another shape`)
  return { value: read.data.document ?? undefined, asOf: read.data.asOf }
}

/** A document as the assembly of facts names it, for a question at `tenant`. */
export const wantedDocument = (exchange: Exchange, path: string, tenant: string): Wanted<Document> => {
  const [collection, id = '', kind, principal = ''] = path.split('/')
  if (collection === 'users') return wantedPerson(exchange, id, tenant)
  if (kind === 'policy') {
    const name = `policy:${id}`
    return { name, containers: [name, `tenant:${id}`], read: () => documentAt(exchange, `/v1/policy/${id}`) }
  }
  return {
    name: `grant:${id}/${principal}`,
    containers: [`grant:${id}/${principal}`, `grant:${id}/*`, `tenant:${id}`],
    read: () => documentAt(exchange, `/v1/grants/${principal}?tenant=${id}`),
  }
}

export const wantedPerson = (exchange: Exchange, uid: string, tenant: string): Wanted<Document> => ({
  name: `person:${uid}@${tenant}`,
  // Digested on the wire: a service learns no names from the feed that it does not know.
  containers: [`user:${digestOf(uid)}`, `tenant:${tenant}`],
  read: async () => {
    const found = await documentAt(exchange, `/v1/people/${uid}?tenant=${tenant}`)
    // Whoever holds nothing there is not shown, and no change of them announces that they are shown from now on.
    return found.value === undefined ? { ...found, life: absenceLifeMilliseconds } : found
  },
})

export const wantedHead = (exchange: Exchange): Wanted<string> => ({
  name: 'catalogue',
  containers: ['catalogue'],
  read: async () => {
    const { value, asOf } = await documentAt(exchange, '/v1/catalogue/head')
    const version = value?.['version']
    if (typeof version !== 'string') throw unavailable('no catalogue is published')
    return { value: version, asOf }
  },
})

/** A published version never changes; one that is not there may come. */
export const wantedVersion = (exchange: Exchange, version: string): Wanted<Catalogue | undefined> => ({
  name: `version:${version}`,
  containers: [],
  read: async () => {
    if (!/^[\d-]{10}$/.test(version)) return { value: undefined, asOf: neverSeen }
    const { value, asOf } = await documentAt(exchange, `/v1/catalogue/${version}`)
    if (value === undefined) return { value: undefined, asOf, life: absenceLifeMilliseconds }
    const document = readCatalogue(JSON.parse(String(value['text'])))
    if (!document.ok) throw unavailable(`catalogue ${version} is malformed`)
    return { value: compileCatalogue(document.value), asOf, life: Number.POSITIVE_INFINITY }
  },
})

/** A refusal is remembered for two seconds: a key that is made meanwhile counts soon (CATALOGUE F-32). */
const refusalLifeMilliseconds = 2_000

export interface PresentedKey {
  readonly text: string
  /** The part of the text that names the secret. */
  readonly id: string
  readonly digest: string
  /** Whether the key of this digest was described as one that counts: then its id is enough. */
  readonly wasActive: () => boolean
  /** Set when this process has no lease of the key's plan yet. */
  readonly process: string | undefined
}

/** Who is behind a key: it is sent to our own verifier until it was found to count, and never after; it is kept under its digest. */
export const wantedKey = (
  exchange: Exchange,
  { text, id, digest, process, wasActive }: PresentedKey,
): Wanted<Described> => ({
  name: `key:${digest}`,
  containers: [`credential:${id}`],
  read: async () =>
    descriptionIn(
      wasActive()
        ? await exchange.get(`/v1/credentials/${id}`)
        : await exchange.post('/v1/credentials/describe', { credential: text, process }),
    ),
})

/** The credential that an access token came from, by the id that the token names. */
export const wantedRoot = (exchange: Exchange, id: string): Wanted<Described> => ({
  name: `root:${id}`,
  containers: [`credential:${id}`],
  read: async () => descriptionIn(/^[0-9A-Za-z]{22}$/.test(id) ? await exchange.get(`/v1/credentials/${id}`) : nobody),
})

const nobody: Described = { asOf: neverSeen, active: false, code: 'invalid_token' }

const descriptionIn = (answer: unknown): Loaded<Described> => {
  const read = describeOutput.safeParse(answer)
  if (!read.success) throw unavailable('a credential was described in another shape')
  const { asOf, active, key } = read.data
  // Who moves away with a tenant and comes back was not told of what changed meanwhile.
  const tenants = key === undefined ? [] : [key.home, key.tenant, ...Object.keys(key.accounts ?? {})]
  const containers = tenants.map((id) => `tenant:${id}`)
  return { value: read.data, asOf, containers, ...(active ? {} : { life: refusalLifeMilliseconds }) }
}

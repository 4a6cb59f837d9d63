// What can be loaded, from where, and what a change of it is announced as.
import type { DocumentFields } from '@latchkey/core/access/assembly/documents'
import { type PlatformEnds, platformEndsIn } from '@latchkey/core/access/assembly/head'
import { momentFromWire } from '@latchkey/core/access/assembly/moments'
import { servedDocument } from '@latchkey/core/access/contract/served'
import { type Catalogue, compileCatalogue } from '@latchkey/core/catalogue/compile'
import { readCatalogue } from '@latchkey/core/catalogue/read-catalogue'
import { type Described, describeOutput } from '@latchkey/core/credentials/described'
import { digestOf } from '../digest.ts'
import { unavailable } from '../refused.ts'
import type { Leasing } from '../usage/rates.ts'
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

export interface KnownHead {
  readonly version: string
  readonly ends: PlatformEnds | undefined
}

export const wantedHead = (exchange: Exchange): Wanted<KnownHead> => ({
  name: 'catalogue',
  containers: ['catalogue'],
  read: async () => {
    const { value, asOf } = await documentAt(exchange, '/v1/catalogue/head')
    const version = value?.['version']
    if (value === undefined || typeof version !== 'string') throw unavailable('no catalogue is published')
    return { value: { version, ends: platformEndsIn(value, momentFromWire) }, asOf }
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
  /** How the key of this digest was described last: of one that counts its id is enough. */
  readonly last: () => Described | undefined
  /** Set when rate plans are kept to. */
  readonly leasing: Leasing | undefined
}

/** Who is behind a key: it is sent to our own verifier until it was found to count, and never after; it is kept under its digest. */
export const wantedKey = (
  exchange: Exchange,
  { text, id, digest, leasing, last }: PresentedKey,
): Wanted<Described> => ({
  name: `key:${digest}`,
  containers: [`credential:${id}`],
  read: async () => {
    const known = last()
    if (known?.active === true) return describedById(exchange, { gid: id, client_id: known.credential ?? '' }, leasing)
    const asked = { credential: text, process: leasing?.process() }
    return leased(await exchange.post('/v1/credentials/describe', asked), leasing)
  },
})

/** What an access token says of the credential that it came from. */
export interface Root {
  readonly gid: string
  /** The key's id. */
  readonly client_id: string
}

export const wantedRoot = (exchange: Exchange, root: Root, leasing: Leasing | undefined): Wanted<Described> => ({
  name: `root:${root.gid}`,
  containers: [`credential:${root.gid}`],
  read: async () =>
    /^[0-9A-Za-z]{22}$/.test(root.gid) ? describedById(exchange, root, leasing) : descriptionIn(nobody),
})

const describedById = async ({ get }: Exchange, { gid, client_id: key }: Root, leasing: Leasing | undefined) => {
  const isNew = leasing !== undefined && leasing.rates.leasedAt(key) === undefined
  return leased(await get(`/v1/credentials/${gid}${isNew ? `?process=${leasing.process()}` : ''}`), leasing)
}

/** With a part of the key's plan, when it has one and this process had none of it. */
const leased = (answer: unknown, leasing: Leasing | undefined): Loaded<Described> => {
  const loaded = descriptionIn(answer)
  const { credential, lease } = loaded.value
  if (credential !== undefined && lease !== undefined) leasing?.rates.lease(credential, lease.perSecond)
  return loaded
}

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

// The scanner that judges a database after anything that may have gone wrong (CATALOGUE B6): what must be true of every document, whatever happened.
import { type RestFields, type RestValue, storedDocuments } from './stored-documents.ts'

type Documents = ReadonlyMap<string, RestFields>
type Check = (documents: Documents) => readonly string[]

const text = (fields: RestFields | undefined, name: string): string => String(fields?.[name]?.['stringValue'] ?? '')
const parts = (path: string): readonly string[] => path.split('/')
const under = (documents: Documents, collection: RegExp) => [...documents].filter(([path]) => collection.test(path))
const textsIn = (value: RestValue | undefined): readonly string[] => {
  const list = value?.['arrayValue'] as { readonly values?: readonly RestValue[] } | undefined // the REST form of a list
  return (list?.values ?? []).map((one) => String(one['stringValue']))
}

/** Every event by its id, wherever it stands. */
const eventsIn = (documents: Documents): ReadonlyMap<string, RestFields> =>
  new Map(under(documents, /^tenants\/[^/]+\/audit\/[^/]+$/).map(([path, fields]) => [parts(path)[3] ?? '', fields]))

const ownTenant: Check = (documents) =>
  under(documents, /^tenants\//).flatMap(([path, fields]) => {
    const [, tenant = ''] = parts(path)
    const named = text(fields, 'tenant')
    const faults = documents.has(`tenants/${tenant}`) ? [] : [`INV-1 ${path} lies under no tenant`]
    return named === '' || named === tenant ? faults : [...faults, `INV-1 ${path} names ${named}`]
  })

const knownParents: Check = (documents) =>
  under(documents, /^tenants\/[^/]+$/).flatMap(([path, fields]) => {
    const parent = text(fields, 'parentId')
    return parent === '' || documents.has(`tenants/${parent}`) ? [] : [`INV-1 ${path} has no parent`]
  })

const foreignTeams: Check = (documents) =>
  under(documents, /^tenants\/[^/]+\/assignments\/[^/]+$/).flatMap(([path, fields]) => {
    const [, tenant = ''] = parts(path)
    const [kind, id = ''] = text(fields, 'principal').split(':')
    return kind !== 'team' || documents.has(`tenants/${tenant}/teams/${id}`)
      ? []
      : [`INV-2 ${path} is of a team elsewhere`]
  })

const activeSigningKeys: Check = (documents) =>
  under(documents, /^signingKeys\//).flatMap(([path, fields]) => {
    const keys = JSON.stringify(fields['keys'] ?? {})
    const active = keys.match(/"state":\{"stringValue":"active"\}/g)?.length ?? 0
    return active <= 1 ? [] : [`INV-4 ${path} has ${active} active keys`]
  })

const secretsOfKeys: Check = (documents) =>
  under(documents, /^credentials\//).flatMap(([path, fields]) => {
    if (text(fields, 'kind') !== 'api' || text(fields, 'status') === 'revoked') return []
    const shown = documents.get(`tenants/${text(fields, 'tenant')}/apiKeys/${text(fields, 'key')}`)
    const [, id = ''] = parts(path)
    return JSON.stringify(shown ?? {}).includes(`"${id}"`) ? [] : [`INV-5 ${path} belongs to no key that names it`]
  })

const namedEvents: Check = (documents) => {
  const events = eventsIn(documents)
  return [...documents].flatMap(([path, fields]) => {
    const last = text(fields, 'lastEvent')
    return last === '' || events.has(last) ? [] : [`INV-8 ${path} names the event ${last}, which is not there`]
  })
}

const framedEvents: Check = (documents) =>
  under(documents, /^outbox\//).flatMap(([path, fields]) => {
    const [, id = ''] = parts(path)
    return fields['toSeal'] === undefined || documents.has(`tenants/${text(fields, 'tenant')}/audit/${id}`)
      ? []
      : [`INV-8 ${path} waits for an event that is not there`]
  })

const owners: Check = (documents) =>
  under(documents, /^tenants\/agy_[^/]+$/).flatMap(([path, fields]) => {
    if (text(fields, 'status') !== 'active') return []
    const [, tenant = ''] = parts(path)
    const named = textsIn(fields['owners'])
    const effective = named.filter((uid) => {
      const grants = documents.get(`tenants/${tenant}/grants/user:${uid}`)
      return JSON.stringify(grants?.['entries'] ?? {}).includes('"agency.owner"')
    })
    return effective.length === named.length && named.length > 0
      ? []
      : [`INV-10 ${path} has ${effective.length} owners of ${named.length}`]
  })

/** A secret is 71 characters after its prefix; ids and hints are shorter. */
const material = /lk_[a-z]{2,5}_[0-9A-Za-z]{71}|eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}|BEGIN [A-Z ]*PRIVATE KEY/
const noSecrets: Check = (documents) =>
  [...documents].flatMap(([path, fields]) =>
    material.test(JSON.stringify(fields)) ? [`INV-13 ${path} holds a secret`] : [],
  )

const answersOfEffects: Check = (documents) => {
  const events = eventsIn(documents)
  return under(documents, /^idempotency\//).flatMap(([path, fields]) =>
    fields['answer'] === undefined || events.has(text(fields, 'opId')) ? [] : [`INV-14 ${path} answers for nothing`],
  )
}

const checks: readonly Check[] = [
  ...[ownTenant, knownParents, foreignTeams, activeSigningKeys, secretsOfKeys, namedEvents, framedEvents],
  ...[owners, noSecrets, answersOfEffects],
]

/** One sentence for each breach; none when all is well. */
export const breachesIn = async (projectId: string): Promise<readonly string[]> => {
  const documents = await storedDocuments(projectId)
  return checks.flatMap((check) => check(documents))
}

// Which door may write which collection: the whole table; every door checks each of its writes against it.

export type Door = 'commit' | 'project' | 'operate' | 'sweep' | 'remind'

/** Collection paths with `*` for ids. A collection that is missing here cannot be written at all. */
const doors: Readonly<Record<Door, readonly string[]>> = {
  commit: [
    'tenants',
    'tenants/*/policy',
    'tenants/*/roles',
    'tenants/*/members',
    'tenants/*/teams',
    'tenants/*/assignments',
    'tenants/*/grants',
    'tenants/*/apiKeys',
    'tenants/*/invitations',
    'tenants/*/resources',
    'tenants/*/resourceTypes',
    'tenants/*/audit',
    'tenants/*/webhooks',
    'tenants/*/webhooks/*/deliveries',
    'webhookQueues',
    'users',
    'users/*/tenants',
    'users/*/notifications',
    'users/*/preferences',
    'credentials',
    'catalogue',
    'signingKeys',
    'auditSealing',
    'operations',
    'outbox',
    'idempotency',
  ],
  project: [
    'tenants/*/grants',
    'tenants/*/viewers',
    'tenants/*/apiKeys',
    'uses',
    'users/*/sessions',
    'users/*/notifications',
    'outbox',
  ],
  operate: [
    'auditHeads',
    'auditSealing',
    'auditSeals',
    'digests',
    'idempotency',
    'jobs',
    'limits',
    'mails',
    'operations',
    'outbox',
    'parked',
    'tenants/*/denials',
    'tenants/*/segments',
    'tenants/*/webhooks/*/deliveries',
    'webhookQueues',
  ],
  // Removes only, and only what was not written since it was found to be over.
  sweep: [
    'idempotency',
    'limits',
    'mails',
    'operations',
    'outbox',
    'parked',
    'tenants/*/denials',
    'tenants/*/viewers',
    'tenants/*/webhooks/*/deliveries',
    'users/*/notifications',
    'uses',
  ],
  remind: ['tenants/*/apiKeys', 'tenants/*/assignments', 'credentials'],
}

/** The only fields that a door may touch in a collection whose documents another door makes. */
export const fieldsAt: Readonly<Partial<Record<Door, Readonly<Record<string, readonly string[]>>>>> = {
  project: { 'tenants/*/apiKeys': ['lastUsedAt', 'previousUsedAt'] },
  operate: { outbox: ['toRelay', 'toSeal', 'seal'] },
  remind: { 'tenants/*/apiKeys': ['remind'], 'tenants/*/assignments': ['remind'], credentials: ['remind'] },
}

/** `tenants/acc_1/members/u1` → the collection of all tenants’ members. */
export const collectionOf = (path: string): string =>
  path
    .split('/')
    .slice(0, -1)
    .map((segment, index) => (index % 2 === 0 ? segment : '*'))
    .join('/')

export const mayWrite = (door: Door, path: string): boolean => doors[door].includes(collectionOf(path))

export const collectionsOf = (door: Door): readonly string[] => doors[door]

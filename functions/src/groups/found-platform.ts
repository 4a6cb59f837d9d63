// The first act of an installation: the root of the tree, the first catalogue, one service account that may found agencies, and an owner by invitation.
import type { CatalogueDocument } from '@latchkey/core/catalogue/schema'
import { formatSecret, maskSecret } from '@latchkey/core/credentials/secret-format'
import { iamError } from '@latchkey/core/kernel/errors'
import { type CredentialId, type OpId, platformTenant, prefixes, type ServiceId } from '@latchkey/core/kernel/ids'
import { serviceRef, systemRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { days, isOver, plusSeconds } from '@latchkey/core/kernel/time'
import type { App } from '../app.ts'
import { bySystem } from '../platform/store/by-system.ts'
import { instantIn, timestampOf } from '../platform/store/reader.ts'
import type { Write } from '../platform/store/write.ts'
import { keyWrites } from '../rooms/credentials/keys/key-writes.ts'
import { planInvitation } from '../rooms/directory/invitations/plan-invitation.ts'
import { foundingWrites } from '../rooms/tenancy/tenant-document.ts'

/** It founds agencies at the platform itself, and may stop any tenant; a leaked key of it does nothing inside one. */
const firstGrants = [
  { role: 'platform.provisioner', reach: 'node' },
  { role: 'platform.steward', reach: 'subtree' },
] as const
const firstKeyLifeSeconds = days(90)

/** The provisioner's scopes: founding and stopping agencies, and nothing inside them. */
const scopes = ['iam/tenants.readonly', 'iam/tenants.write']

export interface Founded {
  readonly provisionerSecret: string
  /** Whoever takes it up with the mailbox owns the platform. */
  readonly ownerInvitation: string
}

/** Secrets shown once; undefined when the platform was founded before. */
export const foundPlatform = async (
  app: App,
  catalogue: CatalogueDocument,
  ownerEmail: string,
): Promise<Founded | undefined> => {
  const [already] = await app.store.read.getAll([`tenants/${platformTenant}`])
  if (already !== undefined) return undefined
  const service = app.drawId(prefixes.service) as ServiceId // just drawn
  const credential = app.drawId() as CredentialId // just drawn
  const secret = formatSecret('api', credential, app.random(32))
  const owner = ownerInvitation(app, ownerEmail)
  const writes = [
    ...platformWrites(app, catalogue),
    ...owner.writes,
    ...serviceWrites(app, service),
    ...firstKey(app, catalogue, { service, credential, secret }),
  ]
  await app.store.commit(
    {
      opId: app.drawId(prefixes.op) as OpId, // just drawn
      requestId: 'founding',
      now: app.clock(),
      actor: { principal: systemRef('foundPlatform') },
      recheck: undefined,
      claim: undefined,
    },
    {
      tenant: platformTenant,
      plan: async () =>
        ok({
          writes,
          event: { type: 'tenancy.platform_founded', targets: [`tenant:${platformTenant}`, serviceRef(service)] },
          outcome: { service },
        }),
      answer: (outcome) => outcome,
    },
  )
  return { provisionerSecret: secret, ownerInvitation: owner.secret }
}

/** For a platform that has lost its last owner in a restore: the secret of an invitation; undefined while anybody owns it, or may by one. */
export const inviteLostOwner = async (app: App, ownerEmail: string): Promise<string | undefined> => {
  const { invitation, secret, writes } = ownerInvitation(app, ownerEmail)
  const invited = await app.store.commit(
    bySystem({ job: 'foundPlatform', opId: app.drawId(prefixes.op) as OpId, runId: 'founding', now: app.clock() }), // just drawn
    {
      tenant: platformTenant,
      plan: async (read) => {
        const [node] = await read.getAll([`tenants/${platformTenant}`])
        const pending = await read.list({
          collection: `tenants/${platformTenant}/invitations`,
          where: { status: 'pending' },
          limit: 100,
        })
        const isOffered = pending.some(
          ({ fields }) => fields['founding'] === true && !isOver(instantIn(fields['expiresAt']), app.clock()),
        )
        const isOwned = !Array.isArray(node?.['owners']) || node['owners'].length > 0
        if (isOwned || isOffered) return err(iamError('conflict'))
        const details = { role: 'platform.owner', reach: 'subtree' }
        const event = { type: 'directory.member_invited', targets: [`invitation:${invitation}`], details }
        return ok({ writes, event, outcome: {} })
      },
      answer: (outcome) => outcome,
    },
  )
  return invited.ok ? secret : undefined
}

const ownerInvitation = (app: App, email: string) =>
  planInvitation(
    {
      tenant: platformTenant,
      email,
      invitedBy: systemRef('foundPlatform'),
      now: app.clock(),
      role: 'platform.owner',
      reach: 'subtree',
      accounts: undefined,
      condition: undefined,
      until: undefined,
      reason: 'first owner',
      founding: true,
      displayName: undefined,
      placement: undefined,
    },
    app,
  )

const platformWrites = (app: App, catalogue: CatalogueDocument): readonly Write[] => [
  ...foundingWrites({
    tenant: platformTenant,
    kind: 'platform',
    parent: undefined,
    name: 'Platform',
    placementId: app.drawId(),
    accessId: app.drawId(),
    catalogueVersion: catalogue.version,
    now: app.clock(),
  }),
  {
    kind: 'create',
    path: `catalogue/${catalogue.version}`,
    fields: { version: catalogue.version, text: JSON.stringify(catalogue) },
  },
  { kind: 'set', path: 'catalogue/head', fields: { version: catalogue.version } },
]

const serviceWrites = (app: App, service: ServiceId): readonly Write[] => {
  const principal = serviceRef(service)
  const at = timestampOf(app.clock())
  const entries = firstGrants.map((grant) => [app.drawId(prefixes.assignment), grant] as const)
  return [
    {
      kind: 'create',
      path: `tenants/${platformTenant}/members/${service}`,
      fields: { kind: 'service', displayName: 'Provisioner', status: 'active', joinedAt: at },
    },
    ...entries.map(
      ([assignment, grant]): Write => ({
        kind: 'create',
        path: `tenants/${platformTenant}/assignments/${assignment}`,
        fields: { ...grant, principal, grantedBy: systemRef('foundPlatform'), grantedAt: at },
      }),
    ),
    {
      kind: 'create',
      path: `tenants/${platformTenant}/grants/${principal}`,
      fields: { principal, status: 'active', teams: [], entries: Object.fromEntries(entries) },
    },
  ]
}

interface FirstKey {
  readonly service: ServiceId
  readonly credential: CredentialId
  readonly secret: string
}

const firstKey = (
  app: App,
  catalogue: CatalogueDocument,
  { service, credential, secret }: FirstKey,
): readonly Write[] =>
  keyWrites({
    key: app.drawId(prefixes.key),
    credential,
    secret,
    tenant: platformTenant,
    agency: undefined,
    name: 'First provisioner key',
    owner: serviceRef(service),
    scopes,
    accounts: undefined,
    placement: undefined,
    ownScopes: new Map(),
    catalogueVersion: catalogue.version,
    notAfter: plusSeconds(app.clock(), firstKeyLifeSeconds),
    madeBy: undefined,
    addresses: undefined,
    rate: undefined,
    hint: maskSecret(secret),
    createdBy: systemRef('foundPlatform'),
    now: app.clock(),
  }).writes

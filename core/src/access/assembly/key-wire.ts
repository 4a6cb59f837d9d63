// What a credential carries, on its way to a service that decides by itself.
import * as z from 'zod'
import { instantOf } from '../../kernel/time.ts'
import { tenantId } from '../../kernel/wire.ts'
import type { KeyFacts } from './asker.ts'

const texts = z.record(z.string(), z.string())
const mapOf = (record: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(record))

/** Milliseconds since the epoch; absent is undefined. */
export const keyWire = z.strictObject({
  id: z.string(),
  home: tenantId,
  tenant: tenantId,
  placement: z.string().optional(),
  ownScopes: texts,
  agencyHint: tenantId.optional(),
  scopes: z.array(z.string()),
  catalogueVersion: z.string(),
  accounts: texts.optional(),
  notAfter: z.int().optional(),
  createdAt: z.int(),
})

export type KeyOnWire = z.output<typeof keyWire>

export const keyOnWire = (key: KeyFacts): KeyOnWire => ({
  id: key.id,
  home: key.home,
  tenant: key.tenant,
  ownScopes: Object.fromEntries(key.ownScopes),
  scopes: [...key.scopes],
  catalogueVersion: key.catalogueVersion,
  createdAt: key.createdAt,
  ...(key.placement === undefined ? {} : { placement: key.placement }),
  ...(key.agencyHint === undefined ? {} : { agencyHint: key.agencyHint }),
  ...(key.accounts === undefined ? {} : { accounts: Object.fromEntries(key.accounts) }),
  ...(key.notAfter === undefined ? {} : { notAfter: key.notAfter }),
})

export const keyFromWire = ({ accounts, ownScopes, notAfter, createdAt, ...key }: KeyOnWire): KeyFacts => ({
  ...key,
  placement: key.placement,
  agencyHint: key.agencyHint,
  ownScopes: mapOf(ownScopes),
  accounts: accounts === undefined ? undefined : mapOf(accounts),
  notAfter: notAfter === undefined ? undefined : instantOf(notAfter),
  createdAt: instantOf(createdAt),
})

// `tenants/{T}/resources/{digest}`: one registered resource; its id is derived, so nobody's id can bend a path.
import { attributesOf, properties } from '@latchkey/core/access/contract/resource'
import type { AttributeMap, Facts } from '@latchkey/core/access/facts'
import { ownPermissionName } from '@latchkey/core/catalogue/own-permission'
import type { TenantId } from '@latchkey/core/kernel/ids'
import { toIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, instantIn } from '../../../platform/store/reader.ts'

export const resourcePath = (tenant: TenantId, type: string, id: string): string =>
  `tenants/${tenant}/resources/${sha256(`${type}\n${id}`)}`

/** The digests that stand for ids here: what a page token of a list looks like. */
export const isResourceDigest = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)

export const typePath = (tenant: TenantId, type: string): string => `tenants/${tenant}/resourceTypes/${type}`

/** Whether somebody may be asked about this type here: the agency's own, or a resource of the catalogue. */
export const isKnownType = ({ head, chain }: Pick<Facts, 'head' | 'chain'>, type: string): boolean =>
  isOwnType({ chain }, type) || isCatalogueType({ head }, type)

export const isOwnType = ({ chain }: Pick<Facts, 'chain'>, type: string): boolean =>
  chain.some((node) => [...node.ownPermissions.keys()].some((name) => name.startsWith(ownPermissionName(type, ''))))

export const isCatalogueType = ({ head }: Pick<Facts, 'head'>, type: string): boolean =>
  [...head.permissionByName.keys()].some((name) => name.slice(0, name.lastIndexOf('.')) === type)

/** A document that is not as it was put has no properties: a condition over them is then no yes. */
const propertiesOf = (fields: DocumentFields): z.output<typeof properties> => {
  const parsed = properties.safeParse(fields['properties'])
  return parsed.success ? parsed.data : {}
}

const ownerOf = (fields: DocumentFields): { readonly ownerId?: string } =>
  typeof fields['ownerId'] === 'string' ? { ownerId: fields['ownerId'] } : {}

export const resourceViewOf = (tenant: TenantId, fields: DocumentFields) => {
  const updatedAt = instantIn(fields['updatedAt'])
  return {
    tenant,
    type: String(fields['type']),
    id: String(fields['id']),
    ...ownerOf(fields),
    properties: propertiesOf(fields),
    updatedAt: updatedAt === undefined ? '' : toIso(updatedAt),
  }
}

/** What conditions see of a registered resource. */
export const registeredAttributes = (fields: DocumentFields): AttributeMap =>
  attributesOf({
    type: String(fields['type']),
    id: String(fields['id']),
    ...ownerOf(fields),
    properties: propertiesOf(fields),
  })

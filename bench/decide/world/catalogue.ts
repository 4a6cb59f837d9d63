// The real catalogue, and the role shapes made of it: its built-in roles, and a gallery that agencies copy custom roles from.

import { compileCatalogue } from '../../../core/src/catalogue/compile.ts'
import document from '../../../core/src/catalogue/data/2026-11-01.json' with { type: 'json' }
import { readCatalogue } from '../../../core/src/catalogue/read-catalogue.ts'
import type { RoleShape } from './model.ts'
import { randomOf } from './random.ts'

const read = readCatalogue(document)
if (!read.ok) throw new Error('the catalogue cannot be read')

export const catalogueDocument = read.value
export const catalogue = compileCatalogue(read.value)

/** What can be asked about an account. */
export const accountPermissions = catalogueDocument.permissions.filter(({ levels }) => levels.includes('account'))

export const splitName = (permission: string): readonly [resource: string, action: string] => {
  const dot = permission.lastIndexOf('.')
  return [permission.slice(0, dot), permission.slice(dot + 1)]
}

const shapeOf = (index: number, name: string, permissions: readonly string[]): RoleShape => ({
  index,
  name,
  permissions: new Set(permissions),
  numbers: permissions.flatMap((one) => catalogue.permissionByName.get(one)?.number ?? []),
})

export const builtIns: readonly RoleShape[] = catalogueDocument.roles.map((role, index) =>
  shapeOf(index, role.name, role.permissions),
)

const galleryRandom = randomOf(305)
const names = accountPermissions.map(({ name }) => name)

export const gallery: readonly RoleShape[] = Array.from({ length: 40 }, (_, index) =>
  shapeOf(builtIns.length + index, `custom.${index}`, galleryRandom.some(names, 15 + galleryRandom.below(80))),
)

export const shapes: readonly RoleShape[] = [...builtIns, ...gallery]

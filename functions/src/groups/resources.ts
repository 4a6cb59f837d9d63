// The operations of the function `resources`.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import type { AccessDependencies } from '../rooms/access/dependencies.ts'
import { deleteResource, putResource } from '../rooms/access/resources/put-resource.ts'
import { getResource, listResources, listTypes } from '../rooms/access/resources/read-resources.ts'
import { registerType } from '../rooms/access/resources/register-type.ts'

export const operations = (app: App): readonly AnyOperation[] => {
  const access: AccessDependencies = {
    commit: app.store.commit,
    project: app.store.project,
    read: app.store.read,
    drawId: app.drawId,
    loadFacts: app.loadFacts,
    catalogues: app.catalogues,
  }
  return [
    registerType(access),
    listTypes(access),
    putResource(access),
    getResource(access),
    listResources(access),
    deleteResource(access),
  ]
}

// The operations of the function `roles`, and the trigger that keeps grants true.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { assignRole } from '../rooms/access/assignments/assign-role.ts'
import { listAssignments } from '../rooms/access/assignments/list-assignments.ts'
import { onAssignmentWritten } from '../rooms/access/assignments/on-assignment-written.ts'
import { unassignRole } from '../rooms/access/assignments/unassign-role.ts'
import type { AccessDependencies } from '../rooms/access/dependencies.ts'

const accessOf = (app: App): AccessDependencies => ({
  commit: app.store.commit,
  project: app.store.project,
  read: app.store.read,
  drawId: app.drawId,
  loadFacts: app.loadFacts,
  catalogues: app.catalogues,
})

export const operations = (app: App): readonly AnyOperation[] =>
  [assignRole, unassignRole, listAssignments].map((make): AnyOperation => make(accessOf(app)))

export const grantsTrigger = (app: App) => onAssignmentWritten(accessOf(app))

// The operations of the function `roles`, and the trigger that keeps grants true.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { assignRole } from '../rooms/access/assignments/assign-role.ts'
import { listAssignments } from '../rooms/access/assignments/list-assignments.ts'
import { onAssignmentWritten } from '../rooms/access/assignments/on-assignment-written.ts'
import { unassignRole } from '../rooms/access/assignments/unassign-role.ts'
import type { AccessDependencies } from '../rooms/access/dependencies.ts'
import { adoptCatalogue } from '../rooms/access/roles/catalogue/adopt-catalogue.ts'
import { getCatalogue } from '../rooms/access/roles/catalogue/get-catalogue.ts'
import { publishCatalogue } from '../rooms/access/roles/catalogue/publish-catalogue.ts'
import { createRole } from '../rooms/access/roles/create-role.ts'
import { deleteRole } from '../rooms/access/roles/delete-role.ts'
import type { ShapingDependencies } from '../rooms/access/roles/dependencies.ts'
import { getGuardrail } from '../rooms/access/roles/guardrails/get-guardrail.ts'
import { setGuardrail } from '../rooms/access/roles/guardrails/set-guardrail.ts'
import { listRoles } from '../rooms/access/roles/list-roles.ts'
import { previewChange } from '../rooms/access/roles/preview-change.ts'
import { updateRole } from '../rooms/access/roles/update-role.ts'
import { countCapped } from '../rooms/credentials/counts/count-capped.ts'

const accessOf = (app: App): AccessDependencies => ({
  commit: app.store.commit,
  project: app.store.project,
  read: app.store.read,
  drawId: app.drawId,
  loadFacts: app.loadFacts,
  catalogues: app.catalogues,
})

const shapingOf = (app: App): ShapingDependencies => ({
  ...accessOf(app),
  stillCounts: app.guard.stillCounts,
  countCapped,
})

export const operations = (app: App): readonly AnyOperation[] => [
  ...[createRole, updateRole, deleteRole, listRoles, previewChange].map((make): AnyOperation => make(shapingOf(app))),
  ...[assignRole, unassignRole, listAssignments].map((make): AnyOperation => make(accessOf(app))),
  ...[getGuardrail, setGuardrail].map((make): AnyOperation => make(shapingOf(app))),
  ...[getCatalogue, adoptCatalogue, publishCatalogue].map((make): AnyOperation => make(shapingOf(app))),
]

export const grantsTrigger = (app: App) => onAssignmentWritten(accessOf(app))

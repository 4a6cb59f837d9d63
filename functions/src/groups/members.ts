// The operations of the function `members`; what the directory needs of access and credentials is handed to it here.

import { iamError } from '@latchkey/core/kernel/errors'
import { type AssignmentId, prefixes } from '@latchkey/core/kernel/ids'
import { userRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import { checkShape, missingOf } from '../rooms/access/assignments/grant-shape.ts'
import { planGrant, readPlacements } from '../rooms/access/assignments/plan-grant.ts'
import { readGrants } from '../rooms/access/facts/documents.ts'
import { endKey, handOverKey } from '../rooms/credentials/keys/hand-over-key.ts'
import { findSecret } from '../rooms/credentials/use/find-secret.ts'
import type { DirectoryDependencies } from '../rooms/directory/dependencies.ts'
import { acceptInvitation } from '../rooms/directory/invitations/accept-invitation.ts'
import { inviteMember } from '../rooms/directory/invitations/invite-member.ts'
import { listInvitations } from '../rooms/directory/invitations/list-invitations.ts'
import { resendInvitation } from '../rooms/directory/invitations/resend-invitation.ts'
import { revokeInvitation } from '../rooms/directory/invitations/revoke-invitation.ts'
import { listOwned } from '../rooms/directory/leaving/list-owned.ts'
import { transfer } from '../rooms/directory/leaving/transfer.ts'
import { restoreMember, suspendMember } from '../rooms/directory/members/change-member-status.ts'
import { createService } from '../rooms/directory/members/create-service.ts'
import { deleteService } from '../rooms/directory/members/delete-service.ts'
import { listMembers } from '../rooms/directory/members/list-members.ts'
import { removeMember } from '../rooms/directory/members/remove-member.ts'
import { updateMember } from '../rooms/directory/members/update-member.ts'

type CheckOffer = DirectoryDependencies['checkOffer']
type PlanAccepted = DirectoryDependencies['planAccepted']

/** An offer is judged like the assignment that it leads to, before the mailbox ever sees it. */
const checkOffer =
  (app: App): CheckOffer =>
  async (read, facts, offer, now) => {
    const grant = {
      ...offer,
      now,
      assignment: app.drawId(prefixes.assignment) as AssignmentId, // just drawn; never written
      principal: userRef('invited' as Parameters<typeof userRef>[0]), // stands for whoever accepts: a person
      displayName: undefined,
      grantedBy: facts.subject.principal,
      newAccessId: '',
      membership: 'not needed' as const,
    }
    const fault = checkShape(facts, grant)
    // The offer calls this field by a name of its own.
    if (fault?.field === 'expiresAt') return err({ ...fault, field: 'assignmentExpiresAt' })
    if (fault !== undefined) return err(fault)
    const placements = await readPlacements(read, grant)
    if (!placements.ok) return placements
    const missing = missingOf(facts, grant, placements.value)
    return missing.length === 0 ? ok(undefined) : err(iamError('grant_exceeds_grantor', { missing }))
  }

const planAccepted: PlanAccepted = async (read, accepting) => {
  const grant = { ...accepting, assignment: accepting.assignment as AssignmentId, membership: 'not needed' as const } // drawn by the caller
  const placements = await readPlacements(read, grant)
  return placements.ok ? planGrant(read, grant, placements.value) : placements
}

export const operations = (app: App): readonly AnyOperation[] => {
  const directory: DirectoryDependencies = {
    commit: app.store.commit,
    read: app.store.read,
    drawId: app.drawId,
    clock: app.clock,
    random: app.random,
    loadFacts: app.loadFacts,
    checkOffer: checkOffer(app),
    planAccepted,
    stillCounts: app.guard.stillCounts,
    readGrants,
    endKey,
    handOverKey,
    findSecret,
  }
  return [
    ...[inviteMember, listInvitations, resendInvitation, revokeInvitation, acceptInvitation],
    ...[listMembers, updateMember, suspendMember, restoreMember, removeMember],
    ...[listOwned, transfer, createService, deleteService],
  ].map((make): AnyOperation => make(directory))
}

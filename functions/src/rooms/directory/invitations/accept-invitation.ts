// `members/acceptInvitation`: the secret and a fresh, verified sign-in with the invited mailbox make the membership, once.
import { sessionStands } from '@latchkey/core/access/assembly/session-counts'
import { type ParsedSecret, parseSecret } from '@latchkey/core/credentials/secret-format'
import { acceptInput, acceptOutput } from '@latchkey/core/directory/contract/invitations'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { isTenantId, prefixes, type TenantId } from '@latchkey/core/kernel/ids'
import { normalizeName } from '@latchkey/core/kernel/names'
import { isPrincipalRef } from '@latchkey/core/kernel/principal'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { type Instant, instantOf, isOver, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import type { Caller, SessionFacts } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Accepting, DirectoryDependencies } from '../dependencies.ts'
import { offerIn } from './invitation-document.ts'
import { foldMailbox, placementOf } from './plan-invitation.ts'

/** The sign-in must be this recent: the mailbox is proved now, not once upon a time. */
const freshSeconds = minutes(5)

export const acceptInvitation = (dependencies: DirectoryDependencies) =>
  operation({
    group: 'members',
    name: 'acceptInvitation',
    summary: 'Takes up an invitation: its secret, and a fresh sign-in with the mailbox it was sent to.',
    input: acceptInput,
    output: acceptOutput,
    access: { signedIn: 'The right to join is the invitation itself: its secret and the verified mailbox.' },
    effect: 'write',
    handler: async ({ input, caller, now, commit }) => {
      const { session } = caller
      const secret = parseSecret(input.secret)
      if (session === undefined || secret === undefined || secret.kind !== 'inv')
        return err(iamError('invitation_invalid'))
      if (now >= plusSeconds(session.signedInAt, freshSeconds)) {
        return err(iamError('insufficient_user_authentication', { requiredAcr: 'urn:latchkey:fresh-login' }))
      }
      const found = await dependencies.findSecret(dependencies.read, secret)
      const tenant = String(found?.['tenant'])
      if (found === undefined || !isTenantId(tenant)) return err(iamError('invitation_invalid'))
      const drawn = { assignment: dependencies.drawId(prefixes.assignment), newAccessId: dependencies.drawId() }
      return dependencies.commit(commit, {
        tenant,
        plan: (read) => plan(read, { tenant, secret, caller, session, now, ...drawn }, dependencies),
        answer: (outcome) => outcome,
      })
    },
  })

interface Taking {
  readonly tenant: TenantId
  readonly secret: ParsedSecret
  readonly caller: Caller
  readonly session: SessionFacts
  readonly now: Instant
  readonly assignment: string
  readonly newAccessId: string
}

const plan = async (read: Reader, taking: Taking, dependencies: DirectoryDependencies) => {
  const { tenant, secret, caller, session } = taking
  const live = await readLive(read, taking, dependencies)
  if (!live.ok) return live
  const { id, fields, person } = live.value
  const accepting = acceptingOf(fields, taking)
  if (fields['founding'] !== true && !(await inviterStillMay(read, accepting, dependencies)))
    return err(iamError('invitation_invalid'))
  const granted = await dependencies.planAccepted(read, accepting)
  if (!granted.ok) return granted
  const role = String(fields['role'])
  return ok({
    writes: [
      ...granted.value.writes,
      {
        kind: 'update' as const,
        path: `tenants/${tenant}/invitations/${id}`,
        fields: { status: 'accepted', acceptedBy: caller.principal },
      },
      { kind: 'update' as const, path: `credentials/${secret.id}`, fields: { status: 'redeemed' } },
      {
        kind: 'merge' as const,
        path: `users/${session.uid}`,
        // A status that somebody set is never overwritten by joining a tenant.
        fields: {
          status: person?.['status'] ?? 'active',
          email: session.verifiedEmail ?? '',
          ...firstProof(person, session, taking.now),
        },
      },
    ],
    event: {
      type: 'directory.invitation_accepted',
      targets: [`invitation:${id}`, caller.principal],
      details: { role },
    },
    outcome: { tenant, role },
  })
}

/**
 * The first time that somebody proves this mailbox, every earlier sign-in dies: it may be of whoever set the account up
 * before its mailbox was anybody's (DESIGN.md §8). The sign-in that proves it lives on.
 */
const firstProof = (person: DocumentFields | undefined, session: SessionFacts, now: Instant): DocumentFields => {
  if (person?.['mailboxProvedAt'] !== undefined) return {}
  // An end that was set before lies earlier still: a later one would have ended this very sign-in.
  const before = instantOf(session.authTimeSeconds * 1000 - 1)
  return { mailboxProvedAt: timestampOf(now), notBefore: timestampOf(before) }
}

interface Live {
  readonly id: string
  readonly fields: DocumentFields
  readonly person: DocumentFields | undefined
}

/** The invitation as it stands now; one answer for unknown, used, expired, revoked and meant for another mailbox. */
const readLive = async (
  read: Reader,
  { tenant, secret, session, now }: Taking,
  { findSecret }: DirectoryDependencies,
): Promise<Result<Live, IamError>> => {
  const credential = await findSecret(read, secret)
  const id = String(credential?.['invitation'])
  const paths = [`tenants/${tenant}/invitations/${id}`, `tenants/${tenant}`, `users/${session.uid}`]
  const [fields, node, person] = await read.getAll(paths)
  // The session may have been ended since it was admitted: joining makes power, so it is asked again here.
  if (person !== undefined && !sessionStands(person, session.authTimeSeconds, instantIn))
    return err(iamError('invalid_token'))
  const expiresAt = instantIn(fields?.['expiresAt'])
  const live =
    credential?.['status'] === 'active' &&
    fields?.['status'] === 'pending' &&
    // One that was sent again has another secret since.
    fields['credential'] === secret.id &&
    node?.['status'] === 'active' &&
    // Made, or sent again, for the account where it stands now.
    placementOf(node) === fields['placement'] &&
    expiresAt !== undefined &&
    !isOver(expiresAt, now) &&
    session.verifiedEmail !== undefined &&
    foldMailbox(session.verifiedEmail) === fields['email']
  return live && fields !== undefined ? ok({ id, fields, person }) : err(iamError('invitation_invalid'))
}

/** An offer is worth what its maker holds now: whoever was demoted meanwhile gives nothing. */
const inviterStillMay = async (
  read: Reader,
  accepting: Accepting,
  { loadFacts, checkOffer }: DirectoryDependencies,
): Promise<boolean> => {
  const inviter: Caller = {
    principal: accepting.grantedBy,
    credential: 'none',
    kind: 'session',
    session: undefined,
    key: undefined,
  }
  const facts = await loadFacts(read, inviter, accepting.tenant)
  return facts.ok && (await checkOffer(read, facts.value, accepting, accepting.now)).ok
}

/** What the sign-in provider says is somebody's own typing, too. */
const shownName = (name: string | undefined): string | undefined => {
  const normalized = name === undefined ? undefined : normalizeName(name)
  return normalized?.ok ? normalized.value : undefined
}

const acceptingOf = (
  fields: DocumentFields,
  { tenant, caller, session, now, assignment, newAccessId }: Taking,
): Accepting => {
  const invitedBy = String(fields['invitedBy'])
  const { displayName } = fields
  return {
    ...offerIn(tenant, fields),
    assignment,
    newAccessId,
    now,
    principal: caller.principal,
    // Never the mailbox: the member is a live document.
    displayName: typeof displayName === 'string' ? displayName : shownName(session.displayName),
    grantedBy: isPrincipalRef(invitedBy) ? invitedBy : caller.principal,
  }
}

// Identifiers: different things have different types and different prefixes, so that they cannot be mixed up.

declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type TenantId = Id<'tenant'>
export type UserId = Id<'user'>
export type ServiceId = Id<'service'>
export type TeamId = Id<'team'>
export type RoleId = Id<'role'>
export type AssignmentId = Id<'assignment'>
export type KeyId = Id<'key'>
export type CredentialId = Id<'credential'>
export type InvitationId = Id<'invitation'>
export type OperationId = Id<'operation'>
export type OpId = Id<'op'>
export type WebhookId = Id<'webhook'>

/** The prefix of every id that Latchkey draws; a user's id is Firebase Auth's own uid. */
export const prefixes = {
  agency: 'agy',
  account: 'acc',
  service: 'svc',
  team: 'tea',
  installation: 'ins',
  role: 'rol',
  assignment: 'asg',
  key: 'key',
  invitation: 'inv',
  operation: 'opn',
  op: 'op',
  webhook: 'whk',
  request: 'req',
} as const

/** 22 base62 characters carry 131 bits: unguessable and never reused (CATALOGUE T-14). */
export const randomPartLength = 22

/** The pattern of a drawn id, for contracts and guards alike. */
export const drawn = (prefix: string): RegExp => new RegExp(`^${prefix}_[0-9A-Za-z]{${randomPartLength}}$`)
export const tenantPattern = new RegExp(`^(platform|(agy|acc)_[0-9A-Za-z]{${randomPartLength}})$`)
// Firebase Auth allows any 1–128 characters; ours are those that cannot bend a document path (Firestore: no '/', '.', '..', '__x__').
export const userPattern = /^(?!__|[a-z]{2,3}_[0-9A-Za-z]{22}$)[A-Za-z0-9][A-Za-z0-9_@.-]{0,127}$/

// Casts in this file: the guards below are the only makers of these brands.
export const platformTenant = 'platform' as TenantId
export const isTenantId = (text: string): text is TenantId => tenantPattern.test(text)
export const isUserId = (text: string): text is UserId => userPattern.test(text)
export const isServiceId = (text: string): text is ServiceId => drawn(prefixes.service).test(text)
export const isTeamId = (text: string): text is TeamId => drawn(prefixes.team).test(text)
export const isRoleId = (text: string): text is RoleId => drawn(prefixes.role).test(text)
export const isAssignmentId = (text: string): text is AssignmentId => drawn(prefixes.assignment).test(text)
export const isKeyId = (text: string): text is KeyId => drawn(prefixes.key).test(text)
export const isInvitationId = (text: string): text is InvitationId => drawn(prefixes.invitation).test(text)
export const isOperationId = (text: string): text is OperationId => drawn(prefixes.operation).test(text)
export const isOpId = (text: string): text is OpId => drawn(prefixes.op).test(text)
export const isWebhookId = (text: string): text is WebhookId => drawn(prefixes.webhook).test(text)
const credentialPattern = new RegExp(`^[0-9A-Za-z]{${randomPartLength}}$`)
export const isCredentialId = (text: string): text is CredentialId => credentialPattern.test(text)

// Who acts: a reference names the kind and the id, so that a user can never be taken for a service account.
import { isServiceId, isTeamId, isUserId, type ServiceId, type TeamId, type UserId } from './ids.ts'

declare const principal: unique symbol
/** `user:<uid>`, `service:<id>`, `team:<id>`, `installation:<id>` or `system:<job>`; also the id of a grants document. */
export type PrincipalRef = string & { readonly [principal]: true }

// Casts: these makers and the guard below are the only sources of the brand.
export const userRef = (uid: UserId): PrincipalRef => `user:${uid}` as PrincipalRef
export const serviceRef = (id: ServiceId): PrincipalRef => `service:${id}` as PrincipalRef
export const teamRef = (id: TeamId): PrincipalRef => `team:${id}` as PrincipalRef
export const systemRef = (job: string): PrincipalRef => `system:${job}` as PrincipalRef

export type Named = { readonly user: UserId } | { readonly service: ServiceId }

/** A principal as contracts name it: the key says the kind. */
export const namedRef = (named: Named | { readonly team: TeamId }): PrincipalRef => {
  if ('team' in named) return teamRef(named.team)
  return 'user' in named ? userRef(named.user) : serviceRef(named.service)
}

export type PrincipalKind = 'user' | 'service' | 'team' | 'installation' | 'system'

export const isPrincipalRef = (text: string): text is PrincipalRef => {
  const [kind, id, ...rest] = text.split(':')
  if (id === undefined || rest.length > 0) return false
  if (kind === 'user') return isUserId(id)
  if (kind === 'service') return isServiceId(id)
  return kind === 'team' && isTeamId(id)
}

export const kindOf = (ref: PrincipalRef): PrincipalKind => ref.slice(0, ref.indexOf(':')) as PrincipalKind // by construction
export const idOf = (ref: PrincipalRef): string => ref.slice(ref.indexOf(':') + 1)

/** The uid when the principal is a user, else undefined. */
export const userOf = (ref: PrincipalRef): UserId | undefined => {
  const id = idOf(ref)
  return kindOf(ref) === 'user' && isUserId(id) ? id : undefined
}

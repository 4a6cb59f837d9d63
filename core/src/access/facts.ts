// What a decision looks at: the chain of tenants, the grants stored on it, and the parties that ask. Read elsewhere, judged here.
import type { Catalogue } from '../catalogue/compile.ts'
import type { PermissionSet } from '../catalogue/permission-set.ts'
import type { PermissionEntry } from '../catalogue/schema.ts'
import type { AssignmentId, TeamId, TenantId } from '../kernel/ids.ts'
import type { PrincipalRef } from '../kernel/principal.ts'
import type { TenantKind, TenantStatus } from '../kernel/tenant.ts'
import type { Instant, Seconds } from '../kernel/time.ts'
import type { AttributeMap, Condition } from './condition.ts'

export type { AttributeMap } from './condition.ts'

/** `node`: this tenant only. `subtree`: it and every descendant. `listed`: named accounts of an agency, not the agency itself. */
export type Reach = 'node' | 'subtree' | 'listed'

/** Whose a key is: a person's own, or a service account's. */
export type KeyKind = 'personal' | 'service'

export interface Guardrail {
  /** Exact permission names, or `resource.*` for every action of one resource. */
  readonly deniedPermissions: readonly string[]
  /** API keys count for at most this long after they were made; it rewrites nothing. */
  readonly maxKeyLifetime?: Seconds
  /** The kinds of keys that count; all when absent. */
  readonly keyKinds?: readonly KeyKind[]
  /** The scopes that keys may have; any when absent. */
  readonly keyScopes?: readonly string[]
}

/** A role of an agency or account: permissions by number, and other roles whose permissions it also holds. */
export interface CustomRole {
  readonly permissions: PermissionSet
  /** Built-in roles by name, custom roles of the same tenant by id. */
  readonly includes: readonly string[]
}

export interface NodeFacts {
  readonly id: TenantId
  readonly kind: TenantKind
  readonly parentId: TenantId | undefined
  readonly placementId: string
  readonly status: TenantStatus
  readonly catalogueVersion: string
  readonly guardrail: Guardrail
  /** By id. */
  readonly customRoles: ReadonlyMap<string, CustomRole>
  /** Permissions that an agency added for its own products, by name; an account has those of its agency. */
  readonly ownPermissions: ReadonlyMap<string, PermissionEntry>
}

export interface GrantEntry {
  readonly assignmentId: AssignmentId
  /** A built-in role's name or a custom role's id. */
  readonly role: string
  readonly reach: Reach
  /** For `listed`: account → the placement it had; it counts only while that is still its placement. */
  readonly accounts: ReadonlyMap<string, string>
  /** Set when the power comes of what stands above (a person or a role of the agency): it counts only at this placement of the tenant. */
  readonly placement: string | undefined
  /** Set when whoever has it is of the tenant above and no member here: it counts only while they are active there. */
  readonly borrowed?: true
  readonly condition: Condition | undefined
  readonly until: Instant | undefined
}

/** The fold of the assignments stored at one tenant for one principal. */
export interface GrantsFacts {
  readonly principal: PrincipalRef
  readonly at: TenantId
  /** `removed`: its entries and teams count for nothing here. `suspended`: neither here nor at any tenant below. */
  readonly status: 'active' | 'suspended' | 'removed'
  readonly teams: readonly TeamId[]
  readonly entries: readonly GrantEntry[]
  /** What admins of this tenant say of the principal; conditions of what is stored here and below see it, those of what is above do not. */
  readonly attributes?: AttributeMap
}

export interface SubjectFacts {
  readonly principal: PrincipalRef
  readonly active: boolean
  /** What nobody says of them, but they are: id and kind. Never what a request says. */
  readonly attributes: AttributeMap
  /** Of the subject and of its teams, at every node of the chain. */
  readonly grants: readonly GrantsFacts[]
}

/** What a key was given, before any guardrail. */
export interface KeyOrigin {
  readonly scopes: readonly string[]
  /** Scopes of an agency's own permissions → which permission each was, of which agency: a name alone could come to mean another. */
  readonly ownScopes: ReadonlyMap<string, string>
  /** The catalogue that the scopes were resolved at. */
  readonly catalogueVersion: string
  readonly createdAt: Instant
  readonly notAfter: Instant | undefined
}

export interface TokenFacts {
  /** Undefined for a sign-in session: it carries the whole person. */
  readonly permissions: PermissionSet | undefined
  /** The tenant that the token is for; undefined for a session. */
  readonly tenant: TenantId | undefined
  /** Set when its owner is of what stands above that tenant: it counts only at this placement of it. */
  readonly placement?: string
  /** Further narrowing to some accounts of an agency, with the placements that they had. */
  readonly accounts: ReadonlyMap<string, string> | undefined
  /** Of the present sign-in; undefined for machines. */
  readonly signedInAt: Instant | undefined
  /** When the token itself ends; undefined for a session. It gives nothing that outlives it. */
  readonly notAfter: Instant | undefined
  /** Of a key: what guardrails narrowed to the above; for reasons, never for the decision. */
  readonly key?: KeyOrigin
}

/** An app's installation: a synthetic assignment over its coverage. */
export interface InstallationFacts {
  readonly active: boolean
  readonly permissions: PermissionSet
  readonly at: TenantId
  readonly coverage: 'all' | { readonly only: readonly TenantId[] } | { readonly allBut: readonly TenantId[] }
}

export interface ImpersonationFacts {
  readonly actor: SubjectFacts
  /** The session's reduced set, at the one tenant chosen. */
  readonly permissions: PermissionSet
  readonly tenant: TenantId
}

export interface Facts {
  /** The newest published catalogue: names, levels, flags. */
  readonly head: Catalogue
  /** The catalogue of a version that something was recorded at; undefined when it is not known here. */
  readonly catalogueOf: (version: string) => Catalogue | undefined
  /** The tenant asked about first, then its ancestors up to the platform. */
  readonly chain: readonly NodeFacts[]
  readonly subject: SubjectFacts
  readonly token: TokenFacts
  readonly installation: InstallationFacts | undefined
  readonly impersonation: ImpersonationFacts | undefined
}

export interface Question {
  readonly permission: string
  readonly resource: AttributeMap
  /** What the registry or a trusted service says of the action, beside its permission. */
  readonly action: AttributeMap
  readonly request: AttributeMap
}

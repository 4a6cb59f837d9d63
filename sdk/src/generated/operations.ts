// Generated from the definitions by `npm run generate`; do not edit.

export interface Operations {
  /** Founds an agency and invites its owner, or makes an account of an agency. */
  'tenants/create': {
    readonly input: {
      /** a tenant id */
      readonly parent: string
      readonly name: string
      readonly ownerEmail?: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly kind: "agency" | "account"
      readonly name: string
      readonly invitation?: {
        /** an invitation id */
        readonly invitation: string
        readonly secret: string
        readonly expiresAt: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Shows one tenant. */
  'tenants/get': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly kind: "platform" | "agency" | "account"
      readonly name: string
      /** a tenant id */
      readonly parent?: string
      readonly status: "active" | "suspended" | "deleted"
      readonly createdAt: string
      readonly statusReason?: string
    }
  }
  /** Lists the tenants below one, or the caller’s own when no parent is named. */
  'tenants/list': {
    readonly input: {
      /** a tenant id */
      readonly parent?: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** a tenant id */
        readonly tenant: string
        readonly kind: "platform" | "agency" | "account"
        readonly name: string
        /** a tenant id */
        readonly parent?: string
        readonly status: "active" | "suspended" | "deleted"
        readonly createdAt: string
        readonly statusReason?: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Renames a tenant. */
  'tenants/update': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly name: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly kind: "platform" | "agency" | "account"
      readonly name: string
      /** a tenant id */
      readonly parent?: string
      readonly status: "active" | "suspended" | "deleted"
      readonly createdAt: string
      readonly statusReason?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Stops everything at a tenant and below it, until it is resumed from above. */
  'tenants/suspend': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly reason: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly status: "active" | "suspended"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lets a suspended tenant work again; only power from above can. */
  'tenants/resume': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly reason: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly status: "active" | "suspended"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Moves an account to another agency. You must hold the right to move at the account and at both agencies. */
  'tenants/move': {
    readonly input: {
      /** an account id */
      readonly tenant: string
      /** an agency id */
      readonly to: string
      readonly reason: string
    }
    readonly output: {
      /** an account id */
      readonly tenant: string
      /** a tenant id */
      readonly from: string
      /** an agency id */
      readonly to: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Deletes a tenant for good, with everything below it. Type its name again; sign in freshly. */
  'tenants/delete': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly reason: string
      readonly confirmName: string
    }
    readonly output: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly status: "deleted"
      /** an operation id */
      readonly operation?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Opens a tenant: says what you may list live, and lets the rules know for ten minutes. */
  'tenants/enter': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      /** a tenant id */
      readonly agency: string
      readonly kind: "agency" | "account"
      readonly name: string
      readonly see: readonly ("members" | "teams" | "roles" | "assignments" | "apiKeys")[]
      readonly until: string
    }
  }
  /** Shows the progress of a long operation. For a deleted agency, ask at the platform. */
  'tenants/operations': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an operation id */
      readonly operation: string
    }
    readonly output: {
      /** an operation id */
      readonly operation: string
      readonly kind: string
      readonly status: "running" | "done" | "failed"
      readonly done: number
      readonly startedAt: string
      readonly finishedAt?: string
    }
  }
  /** Offers a role to a mailbox. The secret is shown once and works once, for seven days. */
  'members/invite': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly email: string
      readonly displayName?: string
      /** a built-in role such as `account.admin`, or the id of a custom role */
      readonly role: string
      readonly reach: "node" | "subtree" | "listed"
      readonly accounts?: readonly (string)[]
      readonly condition?: string
      readonly assignmentExpiresAt?: string
      readonly reason?: string
    }
    readonly output: {
      /** an invitation id */
      readonly invitation: string
      readonly secret: string
      readonly expiresAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the invitations of a tenant, also accepted, withdrawn and expired ones. */
  'members/listInvitations': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly status?: "pending" | "accepted" | "revoked" | "expired"
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** an invitation id */
        readonly invitation: string
        /** a tenant id */
        readonly tenant: string
        readonly email: string
        readonly role: string
        readonly reach: "node" | "subtree" | "listed"
        readonly accounts?: readonly (string)[]
        readonly invitedBy: string
        readonly invitedAt: string
        readonly expiresAt: string
        readonly status: "pending" | "accepted" | "revoked" | "expired"
      })[]
      readonly nextPage?: string
    }
  }
  /** Makes a new secret for an invitation that nobody has taken up. It is shown once, for seven days. */
  'members/resendInvitation': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an invitation id */
      readonly invitation: string
    }
    readonly output: {
      /** an invitation id */
      readonly invitation: string
      readonly secret: string
      readonly expiresAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Withdraws an invitation that nobody has taken up. */
  'members/revokeInvitation': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an invitation id */
      readonly invitation: string
      readonly reason?: string
    }
    readonly output: {
      /** an invitation id */
      readonly invitation: string
      readonly status: "revoked"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Takes up an invitation: its secret, and a fresh sign-in with the mailbox it was sent to. */
  'members/acceptInvitation': {
    readonly input: {
      readonly secret: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly role: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the people and service accounts of a tenant, those that fit the filters. */
  'members/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly kind?: "user" | "service"
      readonly status?: "active" | "suspended" | "removed"
      /** a team id */
      readonly team?: string
      readonly search?: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly member: string
        readonly kind: "user" | "service"
        readonly displayName: string
        readonly email?: string
        readonly status: "active" | "suspended" | "removed"
        readonly attributes: { readonly [key: string]: string | number | boolean | readonly (string)[] }
        readonly teams: readonly (string)[]
        readonly joinedAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Changes the name of a member here, and the attributes that conditions read. */
  'members/update': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly displayName?: string
      readonly attributes?: { readonly [key: string]: string | number | boolean | readonly (string)[] | unknown }
    }
    readonly output: {
      readonly principal: string
      /** a tenant id */
      readonly tenant: string
      readonly displayName: string
      readonly attributes: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Stops a member at a tenant and below it; at the platform, a person everywhere. */
  'members/suspend': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly reason: string
    }
    readonly output: {
      readonly principal: string
      /** a tenant id */
      readonly tenant: string
      readonly status: "active" | "suspended"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Gives a suspended member back what they held, at most what you hold yourself. */
  'members/restore': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly reason: string
    }
    readonly output: {
      readonly principal: string
      /** a tenant id */
      readonly tenant: string
      readonly status: "active" | "suspended"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Removes a person from a tenant, with every role that they hold there. */
  'members/remove': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user id */
      readonly user: string
      readonly reason?: string
    }
    readonly output: {
      /** a user id */
      readonly user: string
      readonly removedAssignments: number
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists what a person owns at a tenant: API keys, pending invitations, resources, teams. */
  'members/listOwned': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user id */
      readonly user: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly kind: "apiKey" | "invitation" | "resource" | "team"
        readonly id: string
        readonly label: string
      })[]
      readonly nextPage?: string
      readonly withheld: readonly ("apiKey" | "invitation" | "resource" | "team")[]
    }
  }
  /** Settles what a person owns at a tenant, thirty things a call, until nothing remains. */
  'members/transfer': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user id */
      readonly user: string
      readonly keys: "revoke" | {
        /** a service account id */
        readonly service: string
      }
      /** a user or a service account */
      readonly resources?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly reason: string
    }
    readonly output: {
      readonly moved: number
      readonly revoked: number
      readonly remaining: boolean
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Creates a service account, which holds nothing until a role is assigned to it. */
  'members/createService': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly name: string
    }
    readonly output: {
      /** a service account id */
      readonly service: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Deletes a service account: its roles and its keys end at once and for good. */
  'members/deleteService': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a service account id */
      readonly service: string
      readonly reason?: string
    }
    readonly output: {
      /** a service account id */
      readonly service: string
      readonly removedAssignments: number
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Creates a team, which holds nothing until a role is assigned to it. */
  'teams/create': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly name: string
      readonly description?: string
    }
    readonly output: {
      /** a team id */
      readonly team: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly description?: string
      readonly createdAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Shows one team. */
  'teams/get': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
    }
    readonly output: {
      /** a team id */
      readonly team: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly description?: string
      readonly createdAt: string
    }
  }
  /** Lists the teams of a tenant. */
  'teams/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** a team id */
        readonly team: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly description?: string
        readonly createdAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Changes the name or the description of a team. */
  'teams/update': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
      readonly name?: string
      readonly description?: string
    }
    readonly output: {
      /** a team id */
      readonly team: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly description?: string
      readonly createdAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Deletes a team with every role that it holds. */
  'teams/delete': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
    }
    readonly output: {
      /** a team id */
      readonly team: string
      readonly removedAssignments: number
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Puts a member into a team whose every role you hold yourself. */
  'teams/addMember': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
      /** a user or a service account */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
    }
    readonly output: {
      /** a team id */
      readonly team: string
      readonly principal: string
      readonly member: boolean
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Takes a member out of a team. */
  'teams/removeMember': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
      /** a user or a service account */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
    }
    readonly output: {
      /** a team id */
      readonly team: string
      readonly principal: string
      readonly member: boolean
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the people and service accounts in a team. */
  'teams/listMembers': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a team id */
      readonly team: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly member: string
        readonly kind: "user" | "service"
        readonly displayName: string
        readonly email?: string
        readonly status: "active" | "suspended" | "removed"
        readonly attributes: { readonly [key: string]: string | number | boolean | readonly (string)[] }
        readonly teams: readonly (string)[]
        readonly joinedAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Makes a role of your own, at most as wide as what you hold there yourself. */
  'roles/create': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly name: string
      readonly description?: string
      readonly permissions: readonly (string)[]
      /** built-in roles, or custom ones of this tenant */
      readonly includes?: readonly (string)[]
    }
    readonly output: {
      readonly role: string
      readonly name: string
      readonly description?: string
      readonly level: "platform" | "agency" | "account"
      readonly source: "builtIn" | "agency" | "here"
      readonly permissions: readonly (string)[]
      readonly includes: readonly (string)[]
      readonly createdBy?: string
      readonly createdAt?: string
      readonly updatedBy?: string
      readonly updatedAt?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Changes a role for everybody who holds it; what it gains you must hold yourself. */
  'roles/update': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      /** the id of a custom role */
      readonly role: string
      readonly name?: string
      readonly description?: string
      readonly permissions?: readonly (string)[]
      /** built-in roles, or custom ones of this tenant */
      readonly includes?: readonly (string)[]
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      readonly role: {
        readonly role: string
        readonly name: string
        readonly description?: string
        readonly level: "platform" | "agency" | "account"
        readonly source: "builtIn" | "agency" | "here"
        readonly permissions: readonly (string)[]
        readonly includes: readonly (string)[]
        readonly createdBy?: string
        readonly createdAt?: string
        readonly updatedBy?: string
        readonly updatedAt?: string
      }
      readonly saved: boolean
      readonly change: {
        readonly added: readonly (string)[]
        readonly removed: readonly (string)[]
        readonly roles: readonly ({
          readonly role: string
          readonly added: number
          readonly removed: number
        })[]
        readonly affected?: {
          readonly items: readonly ({
            /** a tenant id */
            readonly tenant: string
            readonly principal: string
            /** an assignment id */
            readonly assignment?: string
            readonly role?: string
            readonly reach?: "node" | "subtree" | "listed"
            readonly loses?: number
          })[]
          readonly nextPage?: string
          readonly total: number
          readonly complete: boolean
        }
        readonly keys?: {
          readonly ending: number
          readonly narrowed: number
          readonly complete: boolean
        }
        readonly catalogue?: {
          readonly permissions: readonly (string)[]
          readonly changedPermissions: readonly (string)[]
          readonly scopes: readonly (string)[]
          readonly removedScopes: readonly (string)[]
          readonly narrowedScopes: readonly ({
            readonly scope: string
            readonly removed: readonly (string)[]
          })[]
          readonly deprecatedScopes: readonly ({
            readonly scope: string
            readonly until: string
            readonly replacedBy: string
          })[]
          readonly roles: readonly (string)[]
          readonly changedRoles: readonly ({
            readonly role: string
            readonly added: readonly (string)[]
            readonly removed: readonly (string)[]
          })[]
        }
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Removes a role of your own that nobody holds any more and no other role includes. */
  'roles/delete': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      /** the id of a custom role */
      readonly role: string
      readonly reason?: string
    }
    readonly output: {
      /** the id of a custom role */
      readonly role: string
      readonly deleted: true
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the roles that can be given at a tenant: its own page by page, built-in ones and its agency’s first. */
  'roles/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly role: string
        readonly name: string
        readonly description?: string
        readonly level: "platform" | "agency" | "account"
        readonly source: "builtIn" | "agency" | "here"
        readonly permissions: readonly (string)[]
        readonly includes: readonly (string)[]
        readonly createdBy?: string
        readonly createdAt?: string
        readonly updatedBy?: string
        readonly updatedAt?: string
      })[]
      readonly nextPage?: string
      readonly builtIn?: readonly ({
        readonly role: string
        readonly name: string
        readonly description?: string
        readonly level: "platform" | "agency" | "account"
        readonly source: "builtIn" | "agency" | "here"
        readonly permissions: readonly (string)[]
        readonly includes: readonly (string)[]
        readonly createdBy?: string
        readonly createdAt?: string
        readonly updatedBy?: string
        readonly updatedAt?: string
      })[]
      readonly agency?: readonly ({
        readonly role: string
        readonly name: string
        readonly description?: string
        readonly level: "platform" | "agency" | "account"
        readonly source: "builtIn" | "agency" | "here"
        readonly permissions: readonly (string)[]
        readonly includes: readonly (string)[]
        readonly createdBy?: string
        readonly createdAt?: string
        readonly updatedBy?: string
        readonly updatedAt?: string
      })[]
    }
  }
  /** Says what a change of a role, a guardrail or the catalogue would do, to whoever may make that change. */
  'roles/preview': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly change: {
        readonly role: {
          /** the id of a custom role */
          readonly role?: string
          readonly permissions: readonly (string)[]
          /** built-in roles, or custom ones of this tenant */
          readonly includes?: readonly (string)[]
        }
      } | {
        /** the id of a custom role */
        readonly removeRole: string
      } | {
        readonly guardrail: {
          readonly deniedPermissions: readonly (string)[]
          readonly maxKeyLifetimeDays?: number
          readonly keyKinds?: readonly ("personal" | "service")[]
          readonly keyScopes?: readonly (string)[]
        }
      } | {
        readonly catalogue: string
      }
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly added: readonly (string)[]
      readonly removed: readonly (string)[]
      readonly roles: readonly ({
        readonly role: string
        readonly added: number
        readonly removed: number
      })[]
      readonly affected?: {
        readonly items: readonly ({
          /** a tenant id */
          readonly tenant: string
          readonly principal: string
          /** an assignment id */
          readonly assignment?: string
          readonly role?: string
          readonly reach?: "node" | "subtree" | "listed"
          readonly loses?: number
        })[]
        readonly nextPage?: string
        readonly total: number
        readonly complete: boolean
      }
      readonly keys?: {
        readonly ending: number
        readonly narrowed: number
        readonly complete: boolean
      }
      readonly catalogue?: {
        readonly permissions: readonly (string)[]
        readonly changedPermissions: readonly (string)[]
        readonly scopes: readonly (string)[]
        readonly removedScopes: readonly (string)[]
        readonly narrowedScopes: readonly ({
          readonly scope: string
          readonly removed: readonly (string)[]
        })[]
        readonly deprecatedScopes: readonly ({
          readonly scope: string
          readonly until: string
          readonly replacedBy: string
        })[]
        readonly roles: readonly (string)[]
        readonly changedRoles: readonly ({
          readonly role: string
          readonly added: readonly (string)[]
          readonly removed: readonly (string)[]
        })[]
      }
    }
  }
  /** Gives a role to a person or service account, at most as much as you hold yourself. */
  'roles/assign': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user, a service account or a team */
      readonly principal: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      } | {
        /** a team id */
        readonly team: string
      }
      /** a built-in role such as `account.admin`, or the id of a custom role */
      readonly role: string
      readonly reach: "node" | "subtree" | "listed"
      readonly accounts?: readonly (string)[]
      readonly condition?: string
      readonly expiresAt?: string
      readonly reason?: string
    }
    readonly output: {
      /** an assignment id */
      readonly assignment: string
      /** a tenant id */
      readonly tenant: string
      readonly principal: string
      readonly role: string
      readonly reach: "node" | "subtree" | "listed"
      readonly accounts?: readonly (string)[]
      readonly condition?: string
      readonly expiresAt?: string
      readonly reason?: string
      readonly grantedBy: string
      readonly grantedAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Takes a role back. The last owner stays. */
  'roles/unassign': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an assignment id */
      readonly assignment: string
      readonly reason?: string
    }
    readonly output: {
      /** an assignment id */
      readonly assignment: string
      readonly removed: true
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the assignments stored at a tenant, of everybody or of one principal. */
  'roles/listAssignments': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user, a service account or a team */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      } | {
        /** a team id */
        readonly team: string
      }
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** an assignment id */
        readonly assignment: string
        /** a tenant id */
        readonly tenant: string
        readonly principal: string
        readonly role: string
        readonly reach: "node" | "subtree" | "listed"
        readonly accounts?: readonly (string)[]
        readonly condition?: string
        readonly expiresAt?: string
        readonly reason?: string
        readonly grantedBy: string
        readonly grantedAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Shows the guardrail of a tenant, and what counts there with those above it. */
  'roles/getGuardrail': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
    }
    readonly output: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly deniedPermissions: readonly (string)[]
      readonly maxKeyLifetimeDays?: number
      readonly keyKinds?: readonly ("personal" | "service")[]
      readonly keyScopes?: readonly (string)[]
      readonly effective: {
        readonly denied: readonly ({
          readonly pattern: string
          readonly tenants: readonly (string)[]
        })[]
        readonly maxKeyLifetimeDays?: number
        readonly keyKinds?: readonly ("personal" | "service")[]
        readonly keyScopes?: readonly (string)[]
      }
    }
  }
  /** Replaces the guardrail of a tenant; what it gives back you must hold yourself. */
  'roles/setGuardrail': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly deniedPermissions: readonly (string)[]
      readonly maxKeyLifetimeDays?: number
      readonly keyKinds?: readonly ("personal" | "service")[]
      readonly keyScopes?: readonly (string)[]
      readonly reason: string
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly deniedPermissions: readonly (string)[]
      readonly maxKeyLifetimeDays?: number
      readonly keyKinds?: readonly ("personal" | "service")[]
      readonly keyScopes?: readonly (string)[]
      readonly saved: boolean
      readonly change: {
        readonly added: readonly (string)[]
        readonly removed: readonly (string)[]
        readonly roles: readonly ({
          readonly role: string
          readonly added: number
          readonly removed: number
        })[]
        readonly affected?: {
          readonly items: readonly ({
            /** a tenant id */
            readonly tenant: string
            readonly principal: string
            /** an assignment id */
            readonly assignment?: string
            readonly role?: string
            readonly reach?: "node" | "subtree" | "listed"
            readonly loses?: number
          })[]
          readonly nextPage?: string
          readonly total: number
          readonly complete: boolean
        }
        readonly keys?: {
          readonly ending: number
          readonly narrowed: number
          readonly complete: boolean
        }
        readonly catalogue?: {
          readonly permissions: readonly (string)[]
          readonly changedPermissions: readonly (string)[]
          readonly scopes: readonly (string)[]
          readonly removedScopes: readonly (string)[]
          readonly narrowedScopes: readonly ({
            readonly scope: string
            readonly removed: readonly (string)[]
          })[]
          readonly deprecatedScopes: readonly ({
            readonly scope: string
            readonly until: string
            readonly replacedBy: string
          })[]
          readonly roles: readonly (string)[]
          readonly changedRoles: readonly ({
            readonly role: string
            readonly added: readonly (string)[]
            readonly removed: readonly (string)[]
          })[]
        }
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Shows a catalogue version, by default the one adopted; the newest is found up to five seconds late. */
  'roles/catalogue': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly version?: string
    }
    readonly output: {
      readonly adopted: string
      readonly head: string
      readonly catalogue: {
        readonly version: string
        readonly permissions: readonly ({
          readonly number: number
          readonly name: string
          readonly area: string
          readonly title: string
          readonly levels: readonly ("platform" | "agency" | "account")[]
          readonly worksOn: readonly ("active" | "suspended")[]
          readonly critical?: true
          readonly machine?: true
          readonly mints?: true
          readonly ownerDefault?: true
        })[]
        readonly scopes: readonly ({
          readonly name: string
          readonly title: string
          readonly permissions: readonly (string)[]
          readonly levels: readonly ("platform" | "agency" | "account")[]
          readonly aliases?: readonly (string)[]
          readonly deprecated?: {
            readonly from: string
            readonly until: string
            readonly replacedBy: string
          }
        })[]
        readonly roles: readonly ({
          readonly name: string
          readonly title: string
          readonly description: string
          readonly level: "platform" | "agency" | "account"
          readonly permissions: readonly (string)[]
        })[]
      }
      readonly own: readonly ({
        readonly name: string
        readonly levels: readonly ("platform" | "agency" | "account")[]
      })[]
    }
  }
  /** Goes over to a newer catalogue version, for an agency and all its accounts. There is no way back. */
  'roles/adoptCatalogue': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly version: string
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly version: string
      readonly saved: boolean
      readonly change: {
        readonly added: readonly (string)[]
        readonly removed: readonly (string)[]
        readonly roles: readonly ({
          readonly role: string
          readonly added: number
          readonly removed: number
        })[]
        readonly affected?: {
          readonly items: readonly ({
            /** a tenant id */
            readonly tenant: string
            readonly principal: string
            /** an assignment id */
            readonly assignment?: string
            readonly role?: string
            readonly reach?: "node" | "subtree" | "listed"
            readonly loses?: number
          })[]
          readonly nextPage?: string
          readonly total: number
          readonly complete: boolean
        }
        readonly keys?: {
          readonly ending: number
          readonly narrowed: number
          readonly complete: boolean
        }
        readonly catalogue?: {
          readonly permissions: readonly (string)[]
          readonly changedPermissions: readonly (string)[]
          readonly scopes: readonly (string)[]
          readonly removedScopes: readonly (string)[]
          readonly narrowedScopes: readonly ({
            readonly scope: string
            readonly removed: readonly (string)[]
          })[]
          readonly deprecatedScopes: readonly ({
            readonly scope: string
            readonly until: string
            readonly replacedBy: string
          })[]
          readonly roles: readonly (string)[]
          readonly changedRoles: readonly ({
            readonly role: string
            readonly added: readonly (string)[]
            readonly removed: readonly (string)[]
          })[]
        }
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Publishes a catalogue version, for ever. What it withdraws ends within five seconds; a live list that is open, within ten minutes. */
  'roles/publishCatalogue': {
    readonly input: {
      readonly document: {
        readonly version: string
        readonly permissions: readonly ({
          readonly number: number
          readonly name: string
          readonly area: string
          readonly title: string
          readonly levels: readonly ("platform" | "agency" | "account")[]
          readonly worksOn: readonly ("active" | "suspended")[]
          readonly critical?: true
          readonly machine?: true
          readonly mints?: true
          readonly ownerDefault?: true
        })[]
        readonly scopes: readonly ({
          readonly name: string
          readonly title: string
          readonly permissions: readonly (string)[]
          readonly levels: readonly ("platform" | "agency" | "account")[]
          readonly aliases?: readonly (string)[]
          readonly deprecated?: {
            readonly from: string
            readonly until: string
            readonly replacedBy: string
          }
        })[]
        readonly roles: readonly ({
          readonly name: string
          readonly title: string
          readonly description: string
          readonly level: "platform" | "agency" | "account"
          readonly permissions: readonly (string)[]
        })[]
      }
      readonly reason: string
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      readonly version: string
      readonly saved: boolean
      readonly change: {
        readonly permissions: readonly (string)[]
        readonly changedPermissions: readonly (string)[]
        readonly scopes: readonly (string)[]
        readonly removedScopes: readonly (string)[]
        readonly narrowedScopes: readonly ({
          readonly scope: string
          readonly removed: readonly (string)[]
        })[]
        readonly deprecatedScopes: readonly ({
          readonly scope: string
          readonly until: string
          readonly replacedBy: string
        })[]
        readonly roles: readonly (string)[]
        readonly changedRoles: readonly ({
          readonly role: string
          readonly added: readonly (string)[]
          readonly removed: readonly (string)[]
        })[]
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Adds or changes a resource type of your agency’s own, with its actions; owners hold them at once. */
  'resources/registerType': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a resource type of your own, as in `invoice` */
      readonly type: string
      readonly title: string
      readonly actions: readonly ({
        readonly name: string
        readonly title?: string
      })[]
      readonly levels?: readonly ("agency" | "account")[]
    }
    readonly output: {
      readonly type: string
      readonly title: string
      readonly levels: readonly (string)[]
      readonly actions: readonly ({
        readonly name: string
        readonly title: string
        readonly permission: string
      })[]
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the resource types that an agency has added for its own products. */
  'resources/listTypes': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly type: string
        readonly title: string
        readonly levels: readonly (string)[]
        readonly actions: readonly ({
          readonly name: string
          readonly title: string
          readonly permission: string
        })[]
      })[]
      readonly nextPage?: string
    }
  }
  /** Registers a resource, or replaces what is known of it: owner and properties. Takes iam.attributes.assert, too. */
  'resources/put': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly type: string
      readonly id: string
      readonly ownerId?: string
      readonly properties?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly type: string
      readonly id: string
      readonly ownerId?: string
      readonly properties: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly updatedAt: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Shows one registered resource. */
  'resources/get': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly type: string
      readonly id: string
    }
    readonly output: {
      /** a tenant id */
      readonly tenant: string
      readonly type: string
      readonly id: string
      readonly ownerId?: string
      readonly properties: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly updatedAt: string
    }
  }
  /** Lists the registered resources of one type at a tenant. */
  'resources/list': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly type: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** a tenant id */
        readonly tenant: string
        readonly type: string
        readonly id: string
        readonly ownerId?: string
        readonly properties: { readonly [key: string]: string | number | boolean | readonly (string)[] }
        readonly updatedAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Forgets a registered resource. */
  'resources/delete': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      readonly type: string
      readonly id: string
    }
    readonly output: {
      readonly type: string
      readonly id: string
      readonly deleted: true
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Says whether a principal may do something on a tenant, and why not. */
  'access/check': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly permission: string
      /** a user or a service account */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly resource?: {
        readonly type?: string
        readonly id?: string
        readonly ownerId?: string
        readonly properties?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      }
      readonly action?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly atLeast?: string
      readonly trace?: boolean
    }
    readonly output: {
      readonly allowed: boolean
      readonly code: string
      readonly permission: string
      readonly missing?: readonly (string)[]
      readonly trace?: {
        readonly decidedBy: string
        readonly chain: readonly ({
          /** a tenant id */
          readonly tenant: string
          readonly kind: "platform" | "agency" | "account"
          readonly status: "active" | "suspended" | "deleted"
          readonly catalogueVersion: string
          readonly denies?: string
        })[]
        readonly steps: readonly ({
          readonly check: string
          readonly outcome: "passed" | "refused" | "not_asked"
          readonly code?: string
          readonly keyCaps?: readonly ({
            /** a tenant id */
            readonly tenant: string
            readonly field: "maxKeyLifetimeDays" | "keyKinds" | "keyScopes"
            readonly detail: string
          })[]
        })[]
        readonly considered: readonly ({
          readonly assignment: string
          readonly through: string
          /** a tenant id */
          readonly at: string
          readonly role: string
          readonly reach: "node" | "subtree" | "listed"
          readonly outcome: string
          readonly condition?: string
          readonly expiresAt?: string
        })[]
        readonly sources: readonly ("registry" | "asserted")[]
      }
    }
  }
  /** Explains a decision: every check, every assignment, what is missing, what would fix it, and who could. */
  'access/explain': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly permission: string
      /** a user or a service account */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly resource?: {
        readonly type?: string
        readonly id?: string
        readonly ownerId?: string
        readonly properties?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      }
      readonly action?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly atLeast?: string
      /** an API key id */
      readonly key?: string
    }
    readonly output: {
      readonly allowed: boolean
      readonly code: string
      readonly permission: string
      readonly missing: readonly (string)[]
      readonly trace: {
        readonly decidedBy: string
        readonly chain: readonly ({
          /** a tenant id */
          readonly tenant: string
          readonly kind: "platform" | "agency" | "account"
          readonly status: "active" | "suspended" | "deleted"
          readonly catalogueVersion: string
          readonly denies?: string
        })[]
        readonly steps: readonly ({
          readonly check: string
          readonly outcome: "passed" | "refused" | "not_asked"
          readonly code?: string
          readonly keyCaps?: readonly ({
            /** a tenant id */
            readonly tenant: string
            readonly field: "maxKeyLifetimeDays" | "keyKinds" | "keyScopes"
            readonly detail: string
          })[]
        })[]
        readonly considered: readonly ({
          readonly assignment: string
          readonly through: string
          /** a tenant id */
          readonly at: string
          readonly role: string
          readonly reach: "node" | "subtree" | "listed"
          readonly outcome: string
          readonly condition?: string
          readonly expiresAt?: string
        })[]
        readonly sources: readonly ("registry" | "asserted")[]
      }
      readonly fixes: readonly ({
        readonly kind: string
        /** a tenant id */
        readonly tenant?: string
        readonly assignment?: string
        readonly roles?: readonly (string)[]
        readonly scopes?: readonly (string)[]
        readonly levels?: readonly (string)[]
        readonly permission?: string
        readonly condition?: string
        readonly field?: "maxKeyLifetimeDays" | "keyKinds" | "keyScopes"
      })[]
      readonly grantors: readonly ({
        readonly principal: string
        readonly displayName?: string
      })[]
      readonly moreGrantors: boolean
    }
  }
  /** Lists who may do something at a tenant. A page looks at a bounded number of principals. */
  'access/whoCan': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly permission: string
      readonly resource?: {
        readonly type?: string
        readonly id?: string
        readonly ownerId?: string
        readonly properties?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      }
      readonly action?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly kind?: "user" | "service"
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly principal: string
        readonly displayName?: string
      })[]
      readonly nextPage?: string
      readonly hiddenAbove: boolean
    }
  }
  /** Lists everything that a principal may do at a tenant, and what only under a condition. */
  'access/whatCan': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly resource?: {
        readonly type?: string
        readonly id?: string
        readonly ownerId?: string
        readonly properties?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      }
      readonly action?: { readonly [key: string]: string | number | boolean | readonly (string)[] }
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly permission: string
        readonly outcome: "allowed" | "conditional"
        readonly conditions?: readonly (string)[]
      })[]
      readonly nextPage?: string
    }
  }
  /** Shows the token that scopes would be answered with, what it could do, and what it could not and why. */
  'access/simulateToken': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      /** an API key id */
      readonly key?: string
      readonly scopes?: readonly (string)[]
      readonly audience?: string
      readonly lifetimeSeconds?: number
    }
    readonly output: {
      readonly claims: {
        readonly iss: string
        readonly sub: string
        readonly aud: string
        readonly client_id?: string
        readonly scope: string
        /** a tenant id */
        readonly tenant: string
        /** a tenant id */
        readonly agency?: string
        readonly plc: string
        readonly gid?: string
        readonly iat: number
        readonly exp: number
      }
      readonly permissions: readonly (string)[]
      readonly conditional: readonly (string)[]
      readonly refused: readonly ({
        readonly permission: string
        readonly code: string
      })[]
      readonly dropped: readonly ({
        readonly scope: string
        readonly reason: "unknown" | "not_at_this_level" | "nothing_held" | "guardrail"
      })[]
    }
  }
  /** Lists refusals of the last seven days at a tenant, the newest hour first: one’s own, or another’s. */
  'access/recentDenials': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** a user or a service account */
      readonly principal?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly credential?: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly principal: string
        readonly credential: string
        readonly operation: string
        readonly permission?: string
        readonly code: string
        readonly count: number
        readonly firstAt: string
        readonly lastAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Creates an API key. The secret is shown once. */
  'apiKeys/create': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      /** a service account id */
      readonly service?: string
      readonly expiresAt?: string
      /** addresses and ranges that the key may be used from */
      readonly allowedAddresses?: readonly (string)[]
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
    }
    readonly output: {
      readonly key: {
        /** an API key id */
        readonly key: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly owner: string
        readonly scopes: readonly (string)[]
        readonly accounts?: readonly (string)[]
        readonly status: "active" | "disabled" | "revoked" | "expired"
        readonly hint: string
        readonly createdAt: string
        readonly createdBy: string
        /** an API key id */
        readonly madeBy?: string
        readonly expiresAt: string
        /** a named plan, or uses a second and how many at once */
        readonly rate?: "trial" | "standard" | "high" | {
          readonly perSecond: number
          readonly burst: number
        }
        readonly lastUsedAt?: string
        readonly rotation?: {
          readonly startedAt: string
          readonly endsAt: string
          readonly oldHint: string
          readonly oldLastUsedAt?: string
          readonly newLastUsedAt?: string
        }
      }
      readonly secret: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Shows one API key without its secrets, and where each was last used from. */
  'apiKeys/get': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      readonly allowedAddresses?: readonly (string)[]
      readonly secrets: readonly ({
        readonly hint: string
        readonly lastUsedAt?: string
        readonly lastAddress?: string
      })[]
    }
  }
  /** Lists the API keys of a tenant, also revoked and expired ones. */
  'apiKeys/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** an API key id */
        readonly key: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly owner: string
        readonly scopes: readonly (string)[]
        readonly accounts?: readonly (string)[]
        readonly status: "active" | "disabled" | "revoked" | "expired"
        readonly hint: string
        readonly createdAt: string
        readonly createdBy: string
        /** an API key id */
        readonly madeBy?: string
        readonly expiresAt: string
        /** a named plan, or uses a second and how many at once */
        readonly rate?: "trial" | "standard" | "high" | {
          readonly perSecond: number
          readonly burst: number
        }
        readonly lastUsedAt?: string
        readonly rotation?: {
          readonly startedAt: string
          readonly endsAt: string
          readonly oldHint: string
          readonly oldLastUsedAt?: string
          readonly newLastUsedAt?: string
        }
      })[]
      readonly nextPage?: string
    }
  }
  /** Changes what a key may do, from where, how often and how long, without a new secret. */
  'apiKeys/update': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
      readonly name?: string
      readonly scopes?: readonly (string)[]
      readonly accounts?: readonly (string)[] | unknown
      readonly expiresAt?: string
      readonly allowedAddresses?: readonly (string)[] | unknown
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      } | unknown
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Gives a key a new secret, shown once; the old one works beside it for up to 30 days. */
  'apiKeys/rotate': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
      readonly overlapSeconds: number
      readonly reason?: string
    }
    readonly output: {
      readonly key: {
        /** an API key id */
        readonly key: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly owner: string
        readonly scopes: readonly (string)[]
        readonly accounts?: readonly (string)[]
        readonly status: "active" | "disabled" | "revoked" | "expired"
        readonly hint: string
        readonly createdAt: string
        readonly createdBy: string
        /** an API key id */
        readonly madeBy?: string
        readonly expiresAt: string
        /** a named plan, or uses a second and how many at once */
        readonly rate?: "trial" | "standard" | "high" | {
          readonly perSecond: number
          readonly burst: number
        }
        readonly lastUsedAt?: string
        readonly rotation?: {
          readonly startedAt: string
          readonly endsAt: string
          readonly oldHint: string
          readonly oldLastUsedAt?: string
          readonly newLastUsedAt?: string
        }
      }
      readonly secret: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Takes a rotation back: the new secret ends at once, the old one lives on. */
  'apiKeys/cancelRotation': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Ends the old secret of a rotation at once, before its time. */
  'apiKeys/finishRotation': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Stops a key until it is enabled again. */
  'apiKeys/disable': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
      readonly reason?: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lets a disabled key work again; you must hold what it carries. */
  'apiKeys/enable': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
      readonly reason?: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Ends a key for good, at once. */
  'apiKeys/revoke': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an API key id */
      readonly key: string
      readonly reason?: string
    }
    readonly output: {
      /** an API key id */
      readonly key: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly owner: string
      readonly scopes: readonly (string)[]
      readonly accounts?: readonly (string)[]
      readonly status: "active" | "disabled" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      /** an API key id */
      readonly madeBy?: string
      readonly expiresAt: string
      /** a named plan, or uses a second and how many at once */
      readonly rate?: "trial" | "standard" | "high" | {
        readonly perSecond: number
        readonly burst: number
      }
      readonly lastUsedAt?: string
      readonly rotation?: {
        readonly startedAt: string
        readonly endsAt: string
        readonly oldHint: string
        readonly oldLastUsedAt?: string
        readonly newLastUsedAt?: string
      }
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Ends all keys of an owner at a tenant, or of a tenant and all below it, in one write. */
  'apiKeys/revokeAll': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      /** a user or a service account */
      readonly owner?: {
        /** a user id */
        readonly user: string
      } | {
        /** a service account id */
        readonly service: string
      }
      readonly reason: string
      /** says how many keys would end, and ends none */
      readonly dryRun?: boolean
    }
    readonly output: {
      readonly keys: number
      readonly complete: boolean
      readonly notBefore: string
      readonly saved: boolean
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the signing keys of every purpose: states, moments and public halves. */
  'signing/list': {
    readonly input: {
      readonly purpose?: "access" | "id" | "seal"
    }
    readonly output: {
      readonly rings: readonly ({
        readonly purpose: "access" | "id" | "seal"
        readonly keys: readonly ({
          readonly kid: string
          readonly state: "created" | "published" | "active" | "retiring" | "retired" | "destroyed"
          readonly published: boolean
          readonly createdAt: string
          readonly publishedAt?: string
          readonly activeAt?: string
          readonly retiringAt?: string
          readonly retiredAt?: string
          readonly destroyedAt?: string
          readonly compromisedAt?: string
          readonly lastSeal?: {
            readonly epoch: number
            readonly sequence: number
          }
          readonly jwk: {
            readonly kty: "EC"
            readonly crv: "P-256"
            readonly x: string
            readonly y: string
            readonly alg: "ES256"
            readonly use: "sig"
            readonly kid: string
          }
        })[]
        readonly rotatableAt?: string
      })[]
    }
  }
  /** Lets the published standby sign from now on. What was signed before stays valid until it expires. */
  'signing/rotate': {
    readonly input: {
      readonly purpose: "access" | "id" | "seal"
      readonly reason: string
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      readonly purpose: "access" | "id" | "seal"
      readonly saved: boolean
      readonly active?: string
      readonly before?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Declares a signing key compromised, for good. Our doors refuse it within five seconds, others once their copy of the key set is ten minutes old. */
  'signing/compromise': {
    readonly input: {
      readonly kid: string
      readonly reason: string
      /** says what the change would do, and changes nothing */
      readonly dryRun?: boolean
    }
    readonly output: {
      readonly purpose: "access" | "id" | "seal"
      readonly saved: boolean
      readonly active?: string
      readonly before?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Adds an endpoint that is told of events. Takes iam.audit.read, too; the secret is shown once. */
  'webhooks/create': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      /** https, a name, port 443 or 8443 */
      readonly url: string
      /** types of events; a star at the end stands for the rest */
      readonly types: readonly (string)[]
      readonly reach?: "node" | "subtree"
    }
    readonly output: {
      readonly webhook: {
        /** the id of a webhook */
        readonly webhook: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly url: string
        readonly types: readonly (string)[]
        readonly reach: "node" | "subtree"
        readonly status: "active" | "paused" | "disabled"
        readonly createdAt: string
        readonly createdBy: string
        readonly previousSecretUntil?: string
        readonly failingSince?: string
      }
      readonly secret: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Changes an endpoint, pauses it, or switches it on again. Takes iam.audit.read, too, unless it only pauses. */
  'webhooks/update': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
      readonly name?: string
      /** https, a name, port 443 or 8443 */
      readonly url?: string
      /** types of events; a star at the end stands for the rest */
      readonly types?: readonly (string)[]
      readonly reach?: "node" | "subtree"
      readonly status?: "active" | "paused"
    }
    readonly output: {
      /** the id of a webhook */
      readonly webhook: string
      /** a tenant id */
      readonly tenant: string
      readonly name: string
      readonly types: readonly (string)[]
      readonly reach: "node" | "subtree"
      readonly status: "active" | "paused" | "disabled"
      readonly createdAt: string
      readonly createdBy: string
      readonly previousSecretUntil?: string
      readonly failingSince?: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Makes a new secret, shown once; both sign until the overlap is over. Takes iam.audit.read, too. */
  'webhooks/rotateSecret': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
      readonly overlapSeconds?: number
    }
    readonly output: {
      readonly webhook: {
        /** the id of a webhook */
        readonly webhook: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly types: readonly (string)[]
        readonly reach: "node" | "subtree"
        readonly status: "active" | "paused" | "disabled"
        readonly createdAt: string
        readonly createdBy: string
        readonly previousSecretUntil?: string
        readonly failingSince?: string
      }
      readonly secret: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists the endpoints of a tenant, without their secrets; whoever may not change them sees only the hosts. */
  'webhooks/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** the id of a webhook */
        readonly webhook: string
        /** a tenant id */
        readonly tenant: string
        readonly name: string
        readonly url: string
        readonly types: readonly (string)[]
        readonly reach: "node" | "subtree"
        readonly status: "active" | "paused" | "disabled"
        readonly createdAt: string
        readonly createdBy: string
        readonly previousSecretUntil?: string
        readonly failingSince?: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Lists what an endpoint was told, newest first, with every attempt; for thirty days. */
  'webhooks/deliveries': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
      readonly status?: "pending" | "delivered" | "failed"
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** the id of a delivery */
        readonly delivery: string
        /** the id of an event */
        readonly event: string
        readonly type: string
        /** a tenant id */
        readonly tenant: string
        readonly status: "pending" | "delivered" | "failed"
        readonly at: string
        readonly nextAt?: string
        readonly attempts: readonly ({
          readonly at: string
          readonly milliseconds: number
          readonly code?: number
          readonly fault?: "address_not_allowed" | "name_not_found" | "timeout" | "tls" | "connection"
          readonly answer?: string
        })[]
      })[]
      readonly nextPage?: string
    }
  }
  /** Removes an endpoint; what waits for it is not sent. */
  'webhooks/delete': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
    }
    readonly output: {
      /** the id of a webhook */
      readonly webhook: string
      readonly deleted: true
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Sends one delivery again, also one that was taken: with the same id, as ever. */
  'webhooks/redeliver': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
      /** the id of a delivery */
      readonly delivery: string
    }
    readonly output: {
      /** the id of a delivery */
      readonly delivery: string
      readonly status: "pending"
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Sends an endpoint an event that is for it alone. */
  'webhooks/test': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** the id of a webhook */
      readonly webhook: string
    }
    readonly output: {
      /** the id of a delivery */
      readonly delivery: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Says of every background job when it last ran, what it did, and whether it is late. */
  'jobs/status': {
    readonly input: { readonly [key: string]: never }
    readonly output: {
      readonly jobs: readonly ({
        readonly job: "rotateSigningKeys" | "rotateSecrets" | "sweepExpired" | "reconcile" | "sealAudit" | "remindExpiring" | "sendDigests"
        readonly everySeconds: number
        readonly status: "running" | "done" | "partial" | "failed" | "never"
        readonly late: boolean
        readonly lateFrom?: string
        readonly startedAt?: string
        readonly finishedAt?: string
        readonly succeededAt?: string
        readonly done: { readonly [key: string]: number }
        readonly failures: number
        readonly failure?: string
        readonly recent: readonly ({
          readonly run: string
          readonly status: "running" | "done" | "partial" | "failed"
          readonly startedAt: string
          readonly finishedAt: string
          readonly done: { readonly [key: string]: number }
          readonly failure?: string
        })[]
      })[]
    }
  }
  /** Runs a background job now; `allow` lets one sweep remove what it refused to. */
  'jobs/run': {
    readonly input: {
      readonly job: "sweepExpired" | "reconcile"
      readonly reason: string
      readonly allow?: readonly (string)[]
    }
    readonly output: {
      readonly job: "sweepExpired" | "reconcile"
      readonly asked: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists messages that no function could take, with the reason. */
  'jobs/listParked': {
    readonly input: {
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        readonly parked: string
        readonly job: string
        readonly topic: string
        readonly parkedAt: string
        readonly reason: string
        readonly tries: number
        readonly text: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Sends a parked message again. Whoever takes it takes it once, however often it comes. */
  'jobs/replay': {
    readonly input: {
      readonly parked: string
      readonly reason: string
    }
    readonly output: {
      readonly parked: string
      readonly topic: string
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Searches a tenant’s audit log by actor, target, kind, time and request, the newest event first. */
  'audit/search': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly actor?: string
      readonly target?: string
      readonly type?: string
      readonly request?: string
      readonly from?: string
      readonly until?: string
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** an event id */
        readonly event: string
        /** a tenant id */
        readonly tenant: string
        readonly type: string
        readonly actor: {
          readonly principal?: string
          readonly credential?: string
          readonly token?: string
          readonly impersonator?: string
        }
        readonly targets: readonly (string)[]
        readonly reason?: string
        readonly details?: { readonly [key: string]: unknown }
        readonly request: string
        readonly at: string
        readonly removed?: readonly (string)[]
      })[]
      readonly nextPage?: string
    }
  }
  /** Shows one event of a tenant’s audit log with its hash. */
  'audit/get': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an event id */
      readonly event: string
    }
    readonly output: {
      /** an event id */
      readonly event: string
      /** a tenant id */
      readonly tenant: string
      readonly type: string
      readonly actor: {
        readonly principal?: string
        readonly credential?: string
        readonly token?: string
        readonly impersonator?: string
      }
      readonly targets: readonly (string)[]
      readonly reason?: string
      readonly details?: { readonly [key: string]: unknown }
      readonly request: string
      readonly at: string
      readonly removed?: readonly (string)[]
      readonly before: string
      readonly after: string
      readonly hash: string
    }
  }
  /** Verifies a tenant’s audit log: every event, segment and seal, and the seals in the second place. */
  'audit/verify': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      readonly after?: number
      readonly limit?: number
    }
    readonly output: {
      readonly segments: number
      readonly events: number
      readonly last: number
      readonly anchors: number
      readonly faults: readonly ({
        readonly kind: string
        readonly tenant: string
        readonly position?: number
        readonly event?: string
        readonly sentence: string
      })[]
      readonly redactions: readonly ({
        readonly event: string
        readonly position: number
        readonly fields: readonly (string)[]
        readonly covered: boolean
      })[]
      readonly next?: number
    }
  }
  /** Takes personal data out of an event of the audit log, for good. The chain holds, and says what was taken. */
  'audit/redact': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
      /** an event id */
      readonly event: string
      readonly fields: readonly (string)[]
      readonly reason: string
    }
    readonly output: {
      /** an event id */
      readonly event: string
      readonly removed: readonly (string)[]
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** After a restore of the database: the audit log is sealed on from the last seal that the second place holds, too, in a new epoch. */
  'audit/beginEpoch': {
    readonly input: {
      readonly reason: string
    }
    readonly output: {
      readonly epoch: number
      readonly after: number
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Lists your notifications, the newest first, and how many of them you have not read. */
  'notifications/list': {
    readonly input: {
      readonly unread?: boolean
      readonly limit?: number
      readonly page?: string
    }
    readonly output: {
      readonly items: readonly ({
        /** the id of a notification; in their order the newest come first */
        readonly notification: string
        readonly kind: string
        readonly severity: "info" | "warning" | "critical"
        /** a tenant id */
        readonly tenant: string
        readonly title: string
        readonly text: string
        readonly at: string
        readonly unread: boolean
      })[]
      readonly nextPage?: string
      readonly unread: number
    }
  }
  /** Marks notifications of yours as read: those that you name, or all of before a moment. */
  'notifications/markRead': {
    readonly input: {
      readonly notifications: readonly (string)[]
    } | {
      readonly before: string
    }
    readonly output: {
      readonly marked: number
      readonly more: boolean
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
  /** Says what you are told of, in the app, by mail or in the daily digest. */
  'notifications/getPreferences': {
    readonly input: { readonly [key: string]: never }
    readonly output: {
      readonly digestHour: number
      readonly kinds: readonly ({
        readonly kind: "key_created" | "key_expiring" | "key_leaked" | "role_changed" | "guardrail_changed" | "assignment_expiring" | "overlap_ending" | "webhook_disabled" | "job_failed"
        readonly label: string
        readonly security: boolean
        readonly inApp: boolean
        readonly mail: "now" | "digest" | "off"
      })[]
    }
  }
  /** Changes what you are told of and how; what is about your security cannot be switched off. */
  'notifications/setPreferences': {
    readonly input: {
      readonly digestHour?: number
      readonly kinds?: { readonly [key: string]: {
        readonly inApp?: boolean
        readonly mail?: "now" | "digest" | "off"
      } }
    }
    readonly output: {
      readonly digestHour: number
      readonly kinds: readonly ({
        readonly kind: "key_created" | "key_expiring" | "key_leaked" | "role_changed" | "guardrail_changed" | "assignment_expiring" | "overlap_ending" | "webhook_disabled" | "job_failed"
        readonly label: string
        readonly security: boolean
        readonly inApp: boolean
        readonly mail: "now" | "digest" | "off"
      })[]
      /** reads that name it see this change */
      readonly revision?: string
    }
  }
}

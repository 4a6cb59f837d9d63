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
      /** the id of an agency or account */
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
    }
  }
  /** Lists the people and service accounts of a tenant. */
  'members/list': {
    readonly input: {
      /** a tenant id */
      readonly tenant: string
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
        readonly joinedAt: string
      })[]
      readonly nextPage?: string
    }
  }
  /** Removes a person from a tenant, with every role that they hold there. */
  'members/remove': {
    readonly input: {
      /** the id of an agency or account */
      readonly tenant: string
      /** a user id */
      readonly user: string
      readonly reason?: string
    }
    readonly output: {
      /** a user id */
      readonly user: string
      readonly removedAssignments: number
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
    }
  }
  /** Gives a role to a person or service account, at most as much as you hold yourself. */
  'roles/assign': {
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
    }
  }
  /** Lists the assignments stored at a tenant, of everybody or of one principal. */
  'roles/listAssignments': {
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
    }
    readonly output: {
      readonly allowed: boolean
      readonly code: string
      readonly permission: string
      readonly missing?: readonly (string)[]
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
        readonly status: "active" | "revoked" | "expired"
        readonly hint: string
        readonly createdAt: string
        readonly createdBy: string
        readonly expiresAt: string
        readonly lastUsedAt?: string
      }
      readonly secret: string
    }
  }
  /** Shows one API key, without its secret. */
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
      readonly status: "active" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      readonly expiresAt: string
      readonly lastUsedAt?: string
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
        readonly status: "active" | "revoked" | "expired"
        readonly hint: string
        readonly createdAt: string
        readonly createdBy: string
        readonly expiresAt: string
        readonly lastUsedAt?: string
      })[]
      readonly nextPage?: string
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
      readonly status: "active" | "revoked" | "expired"
      readonly hint: string
      readonly createdAt: string
      readonly createdBy: string
      readonly expiresAt: string
      readonly lastUsedAt?: string
    }
  }
}

// What a service says of what it asks about: where, of what, and as of when.

/** What a permission is asked for. */
export interface On {
  /** The credential's own tenant when it is not named at all; people must name one. */
  readonly tenant?: string
  /** What conditions see as `resource`; this service vouches for it. */
  readonly resource?: {
    readonly type?: string
    readonly id?: string
    readonly ownerId?: string
    readonly properties?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  }
  /** What conditions see as `action`, beside the permission. */
  readonly action?: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** The revision of a write that the decision must see. */
  readonly atLeast?: string
}

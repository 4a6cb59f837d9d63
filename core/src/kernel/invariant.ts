// A bug is not an error: what must hold by construction is asserted here, and only here may core throw.

/** Throws when `condition` is false: our mistake, never a caller's. */
export function invariant(condition: boolean, what: string): asserts condition {
  // eslint-disable-next-line no-restricted-syntax -- the one place where core may throw
  if (!condition) throw new Error(`invariant broken: ${what}`)
}

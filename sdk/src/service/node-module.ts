// Node's own modules where they are there, found without importing them: elsewhere the SDK must load, too.

/** Undefined in browsers and at the edge. The caller says what of the module it knows. */
export const nodeModule = <Module>(name: string): Module | undefined => {
  // Casts: no host is named by our types, and what a module is, its name says.
  const { process } = globalThis as { readonly process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.(name) as Module | undefined
}

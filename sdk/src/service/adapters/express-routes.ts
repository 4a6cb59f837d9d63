// A look at all routes of an Express application before it listens: whatever a request can reach is behind a guard, or says why not.

/** Guards; whatever else can answer comes after one of them. */
export const made = new WeakSet<object>()

interface Step {
  readonly handle: object
  /** Undefined: of every method. */
  readonly method?: string | undefined
}

/** A route, or what `use` was given. */
interface Layer {
  readonly route?: { readonly path: unknown; readonly stack: readonly Step[] } | undefined
  readonly handle: object & { readonly stack?: unknown; readonly name?: string; readonly length?: number }
  /** Express 5: the path, and whether it is every path. */
  readonly rawPath?: unknown
  readonly slash?: boolean
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
}

/**
 * Throws with the routes that declare nothing; call it before `listen`. Routers are looked into, applications that were mounted
 * cannot be. For each method the guard comes first. What `use` puts at a path answers there: a guard stands before it, at the
 * same path. Only middlewares of all paths that can pass on are no routes.
 */
export const assertDeclared = (app: object): void => {
  const stack = stackOf(routerOf(app))
  if (stack === undefined) throw new Error('Latchkey: this is no Express application with routes.')
  const forgotten = forgottenIn(stack)
  if (forgotten.length > 0) throw new Error(`Latchkey: these routes declare no permission: ${forgotten.join(', ')}`)
}

/** Express 4 keeps it in `_router`, and its `router` throws. */
const routerOf = (app: object): unknown => {
  const { _router } = app as { readonly _router?: unknown } // absent in Express 5
  if (_router !== undefined && _router !== null) return _router
  try {
    return (app as { readonly router?: unknown }).router
  } catch {
    return undefined
  }
}

const stackOf = (router: unknown): readonly Layer[] | undefined => {
  const isRouter = (typeof router === 'function' || typeof router === 'object') && router !== null && 'stack' in router
  return isRouter && Array.isArray(router.stack) ? (router.stack as readonly Layer[]) : undefined // as Express keeps it
}

const forgottenIn = (stack: readonly Layer[]): readonly string[] => {
  const guarded = new Set<string>()
  return stack.flatMap((layer) => {
    const { route, handle } = layer
    if (route !== undefined) return isDeclared(route.stack) ? [] : [String(route.path)]
    const path = pathOf(layer)
    if (made.has(handle)) {
      guarded.add(path)
      return []
    }
    const below = stackOf(handle)
    if (below !== undefined) return forgottenIn(below)
    if (handle.name === 'mounted_app') return [`${path} (an application; mount a router instead)`]
    return isPassing(layer) || guarded.has(path) ? [] : [path]
  })
}

/** Four parameters: it only hears of errors. Two: it was written without `next`, and what comes to it ends there. */
const isPassing = (layer: Layer): boolean => {
  const { length } = layer.handle
  return length === 4 || (isEverywhere(layer) && length !== 2)
}

/** Of each method, and of those that only `all` answers, the first step is a guard. */
const isDeclared = (steps: readonly Step[]): boolean => {
  const methods = new Set(steps.map(({ method }) => method))
  return [...methods].every((asked) => {
    const first = steps.find(({ method }) => method === undefined || method === asked)
    return first !== undefined && made.has(first.handle)
  })
}

const isEverywhere = ({ slash, regexp }: Layer): boolean => slash === true || regexp?.fast_slash === true

const pathOf = (layer: Layer): string =>
  isEverywhere(layer) ? '/' : String(layer.rawPath ?? layer.regexp ?? 'a path of `use`')

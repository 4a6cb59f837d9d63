// Hono: a middleware a route, and a look at all routes before the service serves.
import type { Latchkey } from '../create-latchkey.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { admit, checked, type Declared } from './declared.ts'

/** What is used of Hono's own types. */
export interface HonoContext {
  readonly req: { readonly raw: Request; readonly param: (name: never) => string | undefined }
  readonly set: (key: never, value: never) => void
}

export interface HonoGuardOptions<Context> {
  /** The client's address, as the service's own runtime and proxies tell it. */
  readonly address?: (context: Context) => string | undefined
}

const made = new WeakSet<object>()
/** Contexts of requests that a guard has let in. */
const entered = new WeakSet<object>()

/**
 * The caller is in `context.get('caller')`.
 * @example app.get('/accounts/:account/contacts', guard({ permission: 'contacts.read', tenant: (c) => c.req.param('account') }), list)
 */
export const honoGuard =
  <Context extends HonoContext>(latchkey: Latchkey, { address }: HonoGuardOptions<Context> = {}) =>
  (declared: Declared<Context>) => {
    const needs = checked(declared)
    const middleware = async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
      try {
        const arriving = { request: context, headers: context.req.raw, address: address?.(context) }
        const caller = await admit(latchkey, needs, arriving)
        context.set('caller' as never, caller as never) // Hono types its variables where the app is made
        entered.add(context)
      } catch (error) {
        if (error instanceof LatchkeyRefusal) return error.toResponse()
        throw error
      }
      await next()
      return undefined
    }
    made.add(middleware)
    return middleware
  }

const passers = new WeakSet<object>()

/** What is used of Hono's own types to see whether somebody answered. */
interface Answering {
  readonly req: { readonly method: string }
  readonly finalized: boolean
  readonly res: Response
}
type Next = () => Promise<void>

/**
 * Declares a middleware of all paths, which Hono cannot tell from a handler: it passes on, refuses, redirects or answers a preflight.
 * One that answers by itself a request that no guard has let in is a route without a declaration, before it passes on and after: its
 * answer is an error.
 * @example app.use(passing(logger()))
 */
export const passing = <Middleware extends (context: never, next: never) => Promise<unknown>>(
  middleware: Middleware,
): Middleware => {
  const watched = async (context: Answering, next: Next): Promise<Response | undefined> => {
    const answer = await middleware(context as never, next as never) // Hono's own context and `next`
    const given = answer instanceof Response ? answer : undefined
    const said = context.finalized ? context.res : given
    if (said?.ok === true && context.req.method !== 'OPTIONS' && !entered.has(context)) {
      throw new Error('Latchkey: what was declared as passing answered by itself.')
    }
    return given
  }
  passers.add(watched)
  return watched as unknown as Middleware // called with the same, answers the same
}

interface Route {
  readonly method: string
  readonly path: string
  readonly basePath?: string
  readonly handler: Handler
}
/** Of an application with its own `onError`, Hono keeps the handler within another. */
type Handler = ((...given: never[]) => unknown) & { readonly __COMPOSED_HANDLER?: Handler }

/**
 * Throws with the routes that declare nothing; call it before the app is served. Of a method at a path the guard comes first, or a
 * guard of all methods at that path. Only what is `passing` at all paths is no route, of an application below at all of its paths.
 */
export const assertDeclared = ({ routes }: { readonly routes: readonly Route[] }): void => {
  if (routes.length === 0) throw new Error('Latchkey: this is no Hono application with routes.')
  const declared = new Set<string>()
  const forgotten = new Set<string>()
  for (const route of routes) {
    const name = nameOf(route)
    if (made.has(innermost(route.handler))) declared.add(name)
    else if (!isMiddleware(route) && !declared.has(name) && !declared.has(`ALL ${route.path}`)) forgotten.add(name)
  }
  if (forgotten.size > 0) {
    throw new Error(`Latchkey: these routes declare no permission: ${[...forgotten].join(', ')}`)
  }
}

const innermost = (handler: Handler): Handler =>
  handler.__COMPOSED_HANDLER === undefined ? handler : innermost(handler.__COMPOSED_HANDLER)

const isMiddleware = ({ method, path, basePath = '/', handler }: Route): boolean =>
  method === 'ALL' && path === `${basePath.replace(/\/$/, '')}/*` && passers.has(innermost(handler))

const nameOf = ({ method, path }: Route): string => `${method} ${path}`

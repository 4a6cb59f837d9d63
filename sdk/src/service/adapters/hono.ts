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

interface Route {
  readonly method: string
  readonly path: string
  readonly handler: object
}

/** Throws with the routes that declare nothing; call it before the app is served. Middlewares of all paths are no routes. */
export const assertDeclared = ({ routes }: { readonly routes: readonly Route[] }): void => {
  const declared = new Set(routes.filter(({ handler }) => made.has(handler)).map(nameOf))
  const forgotten = routes.filter((route) => route.method !== 'ALL' && !declared.has(nameOf(route))).map(nameOf)
  if (forgotten.length > 0) {
    throw new Error(`Latchkey: these routes declare no permission: ${[...new Set(forgotten)].join(', ')}`)
  }
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`

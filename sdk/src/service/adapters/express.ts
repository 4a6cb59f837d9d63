// Express, 4 and 5: a middleware a route, and a look at all routes before the service listens.
import type { Latchkey } from '../create-latchkey.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { admit, checked, type Declared } from './declared.ts'

/** What is used of Express's own types. */
export interface ExpressRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly params: Readonly<Record<string, string | readonly string[]>>
  readonly ip?: string | undefined
}
export interface ExpressResponse {
  status: (code: number) => ExpressResponse
  set: (headers: Record<string, string>) => ExpressResponse
  send: (body: string) => unknown
  locals: Record<string, unknown>
}
type Next = (error?: unknown) => void

export type ExpressMiddleware = (request: ExpressRequest, response: ExpressResponse, next: Next) => void

/** Middlewares made here; a route without one of them is forgotten. */
const made = new WeakSet<object>()

/**
 * The caller is in `response.locals.caller`. Behind proxies, Express's own `trust proxy` says what `request.ip` is.
 * @example app.get('/accounts/:account/contacts', guard({ permission: 'contacts.read', tenant: ({ params }) => params.account }), list)
 */
export const expressGuard =
  (latchkey: Latchkey) =>
  <Request extends ExpressRequest = ExpressRequest>(declared: Declared<Request>): ExpressMiddleware => {
    const needs = checked(declared)
    const middleware: ExpressMiddleware = (request, response, next) => {
      // Cast: the route was declared for this request.
      const arriving = { request: request as Request, headers: request, address: request.ip }
      admit(latchkey, needs, arriving).then(
        (caller) => {
          response.locals['caller'] = caller
          next()
        },
        (error: unknown) => {
          if (!(error instanceof LatchkeyRefusal)) return next(error)
          response
            .status(error.status)
            .set({ ...error.headers })
            .send(JSON.stringify(error.body))
        },
      )
    }
    made.add(middleware)
    return middleware
  }

interface Layer {
  readonly route?: { readonly path: unknown; readonly stack: readonly { readonly handle: object }[] } | undefined
  readonly handle: object & { readonly stack?: readonly Layer[] }
}

/** Throws with the routes that declare nothing; call it before `listen`. Routers are looked into. */
export const assertDeclared = (app: object): void => {
  const { router, _router } = app as { readonly router?: unknown; readonly _router?: unknown } // Express 5 and 4
  const stack = [router, _router].flatMap((one) => stackOf(one) ?? [])
  const forgotten = forgottenIn(stack)
  if (forgotten.length > 0) throw new Error(`Latchkey: these routes declare no permission: ${forgotten.join(', ')}`)
}

const stackOf = (router: unknown): readonly Layer[] | undefined => {
  const isRouter = (typeof router === 'function' || typeof router === 'object') && router !== null && 'stack' in router
  return isRouter && Array.isArray(router.stack) ? (router.stack as readonly Layer[]) : undefined // as Express keeps it
}

const forgottenIn = (stack: readonly Layer[]): readonly string[] =>
  stack.flatMap(({ route, handle }) => {
    if (route === undefined) return forgottenIn(handle.stack ?? [])
    return route.stack.some((layer) => made.has(layer.handle)) ? [] : [String(route.path)]
  })

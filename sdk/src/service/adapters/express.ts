// Express, 4 and 5: a middleware a route.
import type { Latchkey } from '../create-latchkey.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { type Addressed, addressOf } from './address-of.ts'
import { admit, checked, type Declared } from './declared.ts'
import { made } from './express-routes.ts'

export { assertDeclared } from './express-routes.ts'

/** What is used of Express's own types. */
export interface ExpressRequest extends Addressed {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly params: Readonly<Record<string, string | readonly string[]>>
}
export interface ExpressResponse {
  status: (code: number) => ExpressResponse
  set: (headers: Record<string, string>) => ExpressResponse
  send: (body: string) => unknown
  readonly headersSent?: boolean
  locals: Record<string, unknown>
}
type Next = (error?: unknown) => void

export type ExpressMiddleware = (request: ExpressRequest, response: ExpressResponse, next: Next) => void

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
      const arriving = { request: request as Request, headers: request, address: addressOf(request) }
      admit(latchkey, needs, arriving)
        .then(
          (caller) => {
            response.locals['caller'] = caller
            next()
          },
          (error: unknown) => {
            // Whoever answered meanwhile, a timeout perhaps, has answered.
            if (!(error instanceof LatchkeyRefusal) || response.headersSent === true) return next(error)
            response
              .status(error.status)
              .set({ ...error.headers })
              .send(JSON.stringify(error.body))
          },
        )
        .catch(next) // a rejection that nobody hears ends the process
    }
    made.add(middleware)
    return middleware
  }

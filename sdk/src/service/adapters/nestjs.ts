// NestJS: one guard for the whole application and a decorator on every handler; a handler without one stops the start.
import type { Latchkey } from '../create-latchkey.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { addressOf } from './address-of.ts'
import { admit, checked, type Declared } from './declared.ts'
import { declarations, guards, type NestRequest } from './nestjs-handlers.ts'

export { assertDeclared, type NestRequest } from './nestjs-handlers.ts'

/** What is used of Nest's own types. */
interface NestContext {
  readonly getHandler: () => object
  /** `http`, or that of another transport. */
  readonly getType: () => string
  readonly switchToHttp: () => {
    readonly getRequest: <Request>() => Request
    readonly getResponse: <Response>() => Response
  }
}
/** The same of Express and of Fastify. */
interface NestResponse {
  readonly header: (name: string, value: string) => unknown
}
type HttpExceptionMaker = new (body: Readonly<Record<string, unknown>>, status: number) => Error

/**
 * What a handler needs.
 * @example @Needs({ permission: 'contacts.read', tenant: ({ params }) => params.account }) @Get() list() {}
 */
export const Needs =
  (declared: Declared<NestRequest>) =>
  (_target: object, _name: string | symbol, descriptor: PropertyDescriptor): void => {
    if (typeof descriptor.value === 'function') declarations.set(descriptor.value, checked(declared))
  }

/** For `app.useGlobalGuards`; the caller is in `request.caller`. `HttpException` is Nest's own. */
export const nestGuard = (latchkey: Latchkey, HttpException: HttpExceptionMaker) => {
  const canActivate = async (context: NestContext): Promise<boolean> => {
    const declared = declarations.get(context.getHandler())
    if (declared === undefined) throw new Error('Latchkey: this handler declares no permission.')
    // Of a message, what stands in the place of the request is all of the client's own making.
    if (context.getType() !== 'http') throw new Error('Latchkey: this guard knows requests of HTTP only.')
    const http = context.switchToHttp()
    const request = http.getRequest<NestRequest>()
    try {
      request.caller = await admit(latchkey, declared, { request, headers: request, address: addressOf(request) })
      return true
    } catch (error) {
      if (!(error instanceof LatchkeyRefusal)) throw error
      const response = http.getResponse<NestResponse>()
      for (const [name, value] of Object.entries(error.headers)) response.header(name, value)
      throw new HttpException(error.body, error.status)
    }
  }
  const guard = { canActivate }
  guards.add(guard)
  return guard
}

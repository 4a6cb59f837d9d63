// NestJS: one guard for the whole application and a decorator on every handler; a handler without one stops the start.
import type { Latchkey } from '../create-latchkey.ts'
import { LatchkeyRefusal } from '../refused.ts'
import { admit, checked, type Declared } from './declared.ts'

/** What is used of Nest's own types. */
export interface NestRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly params: Readonly<Record<string, string>>
  readonly ip?: string | undefined
  caller?: unknown
}
interface NestContext {
  readonly getHandler: () => object
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

const declarations = new WeakMap<object, Declared<NestRequest>>()

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
export const nestGuard = (latchkey: Latchkey, HttpException: HttpExceptionMaker) => ({
  canActivate: async (context: NestContext): Promise<boolean> => {
    const declared = declarations.get(context.getHandler())
    if (declared === undefined) throw new Error('Latchkey: this handler declares no permission.')
    const http = context.switchToHttp()
    const request = http.getRequest<NestRequest>()
    try {
      request.caller = await admit(latchkey, declared, { request, headers: request, address: request.ip })
      return true
    } catch (error) {
      if (!(error instanceof LatchkeyRefusal)) throw error
      const response = http.getResponse<NestResponse>()
      for (const [name, value] of Object.entries(error.headers)) response.header(name, value)
      throw new HttpException(error.body, error.status)
    }
  },
})

/** What is used of Nest's `ModulesContainer`: every module of the application, each with its controllers. */
export type NestModules = ReadonlyMap<
  unknown,
  { readonly controllers: ReadonlyMap<unknown, { readonly metatype: unknown }> }
>
/** Nest marks its handlers with `reflect-metadata`. */
type Marks = { readonly hasMetadata?: (name: string, target: object) => boolean }

/**
 * Throws with the handlers that declare nothing; call it before `listen`.
 * @example assertDeclared(app.get(ModulesContainer))
 */
export const assertDeclared = (modules: NestModules): void => {
  const { hasMetadata } = Reflect as Marks
  if (hasMetadata === undefined)
    throw new Error('Latchkey: `reflect-metadata` is not loaded, so handlers cannot be told.')
  const controllers = [...modules.values()].flatMap((one) => [...one.controllers.values()])
  if (controllers.length === 0) throw new Error('Latchkey: these are no modules with controllers.')
  const forgotten = controllers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function') return ['a controller without a class']
    return methodsOf(metatype.prototype).flatMap(([method, handler]) =>
      hasMetadata('path', handler) && !declarations.has(handler) ? [`${metatype.name}.${method}`] : [],
    )
  })
  if (forgotten.length > 0) throw new Error(`Latchkey: these handlers declare no permission: ${forgotten.join(', ')}`)
}

/** Its own and those that it inherits, as Nest finds them. */
const methodsOf = (prototype: object | null): readonly (readonly [string, object])[] => {
  if (prototype === null || prototype === Object.prototype) return []
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' ? [[name, value] as const] : [],
  )
  const inherited = methodsOf(Object.getPrototypeOf(prototype))
  return [...own, ...inherited.filter(([name]) => !own.some(([mine]) => mine === name))]
}

// A look at all handlers of a NestJS application before it starts: each declares what it needs, and our guard is asked before it.
import type { Addressed } from './address-of.ts'
import type { Declared } from './declared.ts'

/** What is used of Nest's own types. */
export interface NestRequest extends Addressed {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly params: Readonly<Record<string, string>>
  caller?: unknown
}

/** By handler, as `@Needs` found it. */
export const declarations = new WeakMap<object, Declared<NestRequest>>()
/** What `nestGuard` made. */
export const guards = new WeakSet<object>()

type Class<Instance> = new (...given: never[]) => Instance

/** What is used of a Nest application. */
export interface NestApplication {
  readonly get: <Instance>(token: Class<Instance>) => Instance
}
/** Every module of the application, each with its controllers. */
export type NestModules = ReadonlyMap<
  unknown,
  { readonly controllers: ReadonlyMap<unknown, { readonly metatype: unknown }> }
>
/** Nest's own classes, from `@nestjs/core`. */
export interface NestClasses {
  readonly ModulesContainer: Class<NestModules>
  readonly ApplicationConfig: Class<{ readonly getGlobalGuards: () => readonly object[] }>
}
/** Nest marks its handlers with `reflect-metadata`. */
interface Marks {
  readonly hasMetadata: (name: string, target: object) => boolean
  readonly getMetadata: (name: string, target: object) => unknown
}

/**
 * Throws with the handlers that declare nothing, and with those that our guard does not stand before; call it after `useGlobalGuards`
 * and before the application is initialised, as `listen` does: Nest never asks guards that come later.
 * @example assertDeclared(app, { ModulesContainer, ApplicationConfig })
 */
export const assertDeclared = (app: NestApplication, { ModulesContainer, ApplicationConfig }: NestClasses): void => {
  if ('isInitialized' in app && app.isInitialized === true) {
    throw new Error(
      'Latchkey: look at a Nest application before it is initialised; guards that come later are not asked.',
    )
  }
  const marks = marksOf(Reflect)
  const controllers = [...app.get(ModulesContainer).values()].flatMap((one) => [...one.controllers.values()])
  if (controllers.length === 0) throw new Error('Latchkey: these are no modules with controllers.')
  const handlers = controllers.flatMap(({ metatype }) => handlersOf(metatype, marks))
  const forgotten = handlers.filter(({ handler }) => !declarations.has(handler))
  refuse('these handlers declare no permission', forgotten)
  if (
    app
      .get(ApplicationConfig)
      .getGlobalGuards()
      .some((guard) => guards.has(guard))
  )
    return
  const open = handlers.filter(({ handler, of }) => ![of, handler].some((target) => isGuarded(target, marks)))
  refuse('no guard of ours is used (`app.useGlobalGuards`), so these handlers are open to anybody', open)
}

interface Handler {
  readonly name: string
  readonly handler: object
  readonly of: object
}

const refuse = (why: string, handlers: readonly Handler[]): void => {
  if (handlers.length > 0) throw new Error(`Latchkey: ${why}: ${handlers.map(({ name }) => name).join(', ')}`)
}

const marksOf = (reflect: object): Marks => {
  if ('hasMetadata' in reflect && 'getMetadata' in reflect) return reflect as Marks // as `reflect-metadata` adds them
  throw new Error('Latchkey: `reflect-metadata` is not loaded, so handlers cannot be told.')
}

/** Of `@UseGuards`, on a controller or a handler. */
const isGuarded = (target: object, { getMetadata }: Marks): boolean => {
  const used = getMetadata('__guards__', target)
  return Array.isArray(used) && used.some((guard: unknown) => isObject(guard) && guards.has(guard))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const handlersOf = (metatype: unknown, { hasMetadata }: Marks): readonly Handler[] => {
  if (typeof metatype !== 'function') throw new Error('Latchkey: a controller without a class cannot be looked at.')
  return methodsOf(metatype.prototype).flatMap(([method, handler]) =>
    hasMetadata('path', handler) ? [{ name: `${metatype.name}.${method}`, handler, of: metatype }] : [],
  )
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

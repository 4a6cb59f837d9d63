// What a route says of itself: the permission that it needs and where, or why it needs none. There is no third way.
import { permissionName } from '@latchkey/core/access/contract/names'
import type { Latchkey } from '../create-latchkey.ts'
import type { On } from '../on.ts'
import type { Principal } from '../principal.ts'
import type { RequestLike } from '../request.ts'

export type Declared<Request> = Needs<Request> | Open

export interface Needs<Request> {
  readonly permission: string
  /** Where it is needed; or in so many words that it is the credential's own tenant, which people do not have. */
  readonly tenant: ((request: Request) => string | undefined) | 'of the credential'
  readonly resource?: (request: Request) => On['resource'] | Promise<On['resource']>
  /** The revision of a write that the decision must see. */
  readonly atLeast?: (request: Request) => string | undefined
}

export interface Open {
  /** Why anybody at all may call it; reviewers read it. */
  readonly open: string
}

/** Checked where the route is made, so that a mistake stops the service and not a request. */
export const checked = <Request>(declared: Declared<Request>): Declared<Request> => {
  if ('open' in declared ? isOpen(declared) : isNeeding(declared)) return declared
  throw new Error(
    'Latchkey: a route declares its permission and whose tenant it is for, or in a sentence why it is open.',
  )
}

const isOpen = (declared: Open): boolean => declared.open.length >= 10 && Object.keys(declared).length === 1

/** A field that is misspelt would be one that is missing. */
const isNeeding = <Request>({ permission, tenant, resource, atLeast, ...more }: Needs<Request>): boolean =>
  permissionName.safeParse(permission).success &&
  (tenant === 'of the credential' || typeof tenant === 'function') &&
  [resource, atLeast].every((one) => one === undefined || typeof one === 'function') &&
  Object.keys(more).length === 0

export interface Arriving<Request> {
  readonly request: Request
  readonly headers: RequestLike
  readonly address: string | undefined
}

/** Undefined for an open route. Throws the refusal. */
export const admit = async <Request>(
  latchkey: Latchkey,
  declared: Declared<Request>,
  { request, headers, address }: Arriving<Request>,
): Promise<Principal | undefined> => {
  if ('open' in declared) return undefined
  const caller = await latchkey.authenticate(headers, address === undefined ? {} : { address })
  const { permission, tenant } = declared
  const [resource, atLeast] = [await declared.resource?.(request), declared.atLeast?.(request)]
  await caller.require(permission, {
    ...(tenant === 'of the credential' ? {} : { tenant: nameOf(tenant(request)) }),
    ...(resource === undefined ? {} : { resource }),
    ...(atLeast === undefined ? {} : { atLeast }),
  })
  return caller
}

/** A route that names its tenant by the request never falls back to the credential's own, whatever the client has sent. */
const nameOf = (tenant: unknown): string => (typeof tenant === 'string' ? tenant : '')

// What a route says of itself: the permission that it needs and where, or why it needs none. There is no third way.
import { permissionName } from '@latchkey/core/access/contract/names'
import type { Latchkey } from '../create-latchkey.ts'
import type { On } from '../on.ts'
import type { Principal } from '../principal.ts'
import type { RequestLike } from '../request.ts'

export type Declared<Request> = Needs<Request> | Open

export interface Needs<Request> {
  readonly permission: string
  /** The credential's own tenant when absent; people must name one. */
  readonly tenant?: (request: Request) => string | undefined
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
  if ('open' in declared ? declared.open.length >= 10 : permissionName.safeParse(declared.permission).success)
    return declared
  throw new Error('Latchkey: a route declares its permission, or in a sentence why it is open.')
}

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
  const [tenant, resource, atLeast] = [
    declared.tenant?.(request),
    await declared.resource?.(request),
    declared.atLeast?.(request),
  ]
  // A route that names its tenant by the request never falls back to the credential's own.
  if (declared.tenant !== undefined && tenant === undefined) await caller.require(declared.permission, { tenant: '' })
  await caller.require(declared.permission, {
    ...(tenant === undefined ? {} : { tenant }),
    ...(resource === undefined ? {} : { resource }),
    ...(atLeast === undefined ? {} : { atLeast }),
  })
  return caller
}

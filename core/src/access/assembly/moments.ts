// How a stored moment travels to a service that decides by itself: in a form that nothing else in a document has.
import { type Instant, instantOf } from '../../kernel/time.ts'
import type { MomentIn } from './documents.ts'

/** No field of a stored document may carry this name; whoever puts documents on the wire leaves such fields out. */
export const momentMark = '$at'

export const momentOnWire = (at: Instant): Readonly<Record<string, number>> => ({ [momentMark]: at })

/** Undefined for anything but such a moment, a bare number or text included. */
export const momentFromWire: MomentIn = (value) => {
  if (typeof value !== 'object' || value === null) return undefined
  const at: unknown = Reflect.get(value, momentMark)
  return typeof at === 'number' && Number.isSafeInteger(at) ? instantOf(at) : undefined
}

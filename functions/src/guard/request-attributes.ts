// What conditions may know of a request: the server's own time, and the address where it can be trusted; the same at every door.
import type { AttributeMap } from '@latchkey/core/access/facts'
import type { Passage } from './passage.ts'

export const requestAttributes = ({ now, call }: Passage): AttributeMap => ({
  time: new Date(now),
  ...(call.address === undefined ? {} : { address: call.address }),
})

// What holds for everybody: the newest catalogue, and what was ended on the whole platform. Both are looked at together, by everyone, all the time.
import type { Catalogue } from '../../catalogue/compile.ts'
import { type Instant, instantOf } from '../../kernel/time.ts'
import type { DocumentFields, MomentIn } from './documents.ts'

/** Made, or signed in, at or before it: dead. */
export interface PlatformEnds {
  readonly keys: Instant | undefined
  readonly sessions: Instant | undefined
}

export interface Head extends Catalogue {
  readonly ends?: PlatformEnds
}

export const headPath = 'catalogue/head'

/** Of `catalogue/head`. What cannot be read was meant to end something, so it ends everything. */
export const platformEndsIn = (fields: DocumentFields | undefined, momentIn: MomentIn): PlatformEnds | undefined => {
  const endIn = (field: string): Instant | undefined =>
    fields?.[field] === undefined ? undefined : (momentIn(fields[field]) ?? forever)
  const [keys, sessions] = [endIn('keysNotBefore'), endIn('sessionsNotBefore')]
  return keys === undefined && sessions === undefined ? undefined : { keys, sessions }
}

const forever = instantOf(Number.MAX_SAFE_INTEGER)

// The same of both is the same head, so that what is compiled and kept of it is kept with it.
const heads = new WeakMap<Catalogue, Head>()

export const headOf = (catalogue: Catalogue, ends: PlatformEnds | undefined): Head => {
  if (ends === undefined) return catalogue
  const known = heads.get(catalogue)
  if (known !== undefined && known.ends?.keys === ends.keys && known.ends?.sessions === ends.sessions) return known
  const head = { ...catalogue, ends }
  heads.set(catalogue, head)
  return head
}

export const isEndedBy = (end: Instant | undefined, at: Instant): boolean => end !== undefined && at <= end

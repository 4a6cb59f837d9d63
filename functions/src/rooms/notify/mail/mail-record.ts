// `mails/{event}-{uid}`: whether a person was mailed of an event. Made before the mail is handed in, so that nobody is mailed twice.
import { hours, type Instant, minutes, plusSeconds } from '@latchkey/core/kernel/time'
import { mayMail, type Sent } from '@latchkey/core/notify/mail-budget'
import { sha256 } from '../../../platform/seal.ts'
import { type DocumentFields, instantIn, type Reader, timestampOf } from '../../../platform/store/reader.ts'
import type { Write } from '../../../platform/store/write.ts'

/** A sender that says nothing for so long is taken for dead. */
const leaseSeconds = minutes(2)
/** What could not be handed in is looked for again after so long, if its message was not heard again before. */
export const againSeconds = minutes(10)

export const mailPath = (event: string, uid: string): string => `mails/${event}-${uid}`

export interface Leased {
  readonly fence: string
  readonly now: Instant
}

export const leaseFields = ({ fence, now }: Leased) => {
  const until = timestampOf(plusSeconds(now, leaseSeconds))
  return { fence, leaseUntil: until }
}

/** Somebody else is at work, or seems to be. */
export const isLeased = (fields: DocumentFields | undefined, { fence, now }: Leased): boolean => {
  const until = instantIn(fields?.['leaseUntil'])
  return until !== undefined && now < until && fields?.['fence'] !== fence
}

const dayOf = (now: Instant): number => Math.floor(now / 1000 / hours(24))
/** A document takes about one sustained write a second, so a large budget is counted in parts, each with its share. */
const mailsAPart = 1_000
const mostParts = 16
const partsOf = (perDay: number): number => Math.min(mostParts, Math.max(1, Math.floor(perDay / mailsAPart)))

const countPaths = ({ tenant, uid, perDay, now }: Charge): readonly [string, string] => {
  const part = Number.parseInt(sha256(uid).slice(0, 8), 16) % partsOf(perDay)
  return [`limits/mails-${tenant}-${dayOf(now)}`, `limits/mails-${dayOf(now)}-${part}`]
}

const sentIn = (fields: DocumentFields | undefined): Sent => ({
  plain: Number(fields?.['plain'] ?? 0),
  security: Number(fields?.['security'] ?? 0),
})

export interface Charge {
  /** Whose share it comes from. */
  readonly tenant: string
  /** To whom. */
  readonly uid: string
  readonly security: boolean
  readonly perDay: number
  readonly now: Instant
}

/** The writes that take one mail out of the budget of the day; undefined when there is none left (CATALOGUE C-144, F-45). */
export const charged = async (read: Reader, charge: Charge) => {
  const { security, perDay, now } = charge
  const paths = countPaths(charge)
  const [ofTenant, ofAll] = (await read.getAll(paths)).map(sentIn)
  const sent = { tenant: ofTenant ?? sentIn(undefined), all: ofAll ?? sentIn(undefined) }
  if (!mayMail({ security }, sent, { perDay, parts: partsOf(perDay) })) return undefined
  const expiresAt = timestampOf(plusSeconds(now, hours(48)))
  const name = security ? 'security' : 'plain'
  return paths.map((path, index): Write => {
    const before = index === 0 ? sent.tenant : sent.all
    return { kind: 'set', path, fields: { ...before, [name]: before[name] + 1, expiresAt } }
  })
}

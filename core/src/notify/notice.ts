// From an event to what a person is shown: which kind it is, whom it is about, and the document that is kept of it.
import { idOf, isPrincipalRef, type PrincipalRef, userOf } from '../kernel/principal.ts'
import type { Instant } from '../kernel/time.ts'
import type { Kind, NoticeEvent, NoticeFacts, Registry } from './kind.ts'
import { kinds } from './kinds.ts'

/** An event is of one kind at most, so that a person hears of it once. */
export const kindOfEvent = (
  type: string,
  registry: Registry = kinds,
): { readonly name: string; readonly kind: Kind } | undefined => {
  for (const [name, kind] of Object.entries(registry)) if (kind.from.includes(type)) return { name, kind }
  return undefined
}

/** The person whom an event is about; undefined when it is about none, and others are told instead. */
export const personIn = ({ targets }: Pick<NoticeEvent, 'targets'>): string | undefined => {
  const [about] = targets.filter((target): target is PrincipalRef => isPrincipalRef(target))
  return about === undefined || userOf(about) === undefined ? undefined : idOf(about)
}

const newest = 9_999_999_999_999
const digits = 13

/** In the order of ids the newest come first, and the same event gives the same id however often it is heard. */
export const noticeId = (at: Instant, event: string): string => `${String(newest - at).padStart(digits, '0')}-${event}`

export const noticeIdPattern = /^\d{13}-[A-Za-z0-9_]{1,60}$/
/** What is listed after this id is of before that moment. */
export const noticesBefore = (at: Instant): string => `${String(newest - at).padStart(digits, '0')}-~`

/** As it is kept for a person and shown live. */
export const shownNotice = (name: string, kind: Kind, facts: NoticeFacts) => {
  const { title, lines } = kind.text(facts)
  const { event } = facts
  const until = kind.until === undefined ? undefined : event.details[kind.until]
  return {
    kind: name,
    severity: kind.severity,
    event: event.id,
    tenant: event.tenant,
    title,
    text: lines.join(' '),
    unread: true,
    ...(typeof until === 'string' ? { until } : {}),
  }
}

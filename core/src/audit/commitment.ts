// The hash of an event: a commitment to each of its fields by a salt of its own, so that one can be taken out and the hash still holds (ADR 0023).
import { canonicalJson, type Json } from '../kernel/canonical-json.ts'

/** SHA-256 of the UTF-8 of a text, as base64url; handed in, because core knows no host. */
export type Sha256 = (text: string) => string

export interface EventFields {
  readonly [name: string]: Json | undefined
}

/** By slot, as in `details.email`. */
export type BySlot = Readonly<Record<string, string>>

export interface WholeEvent {
  readonly id: string
  readonly fields: EventFields
  /** Drawn with the event; the salt of every field comes from it. */
  readonly salt: string
}

/** What is left after something was taken out: neither the value nor what could confirm a guess of it. */
export interface RedactedEvent {
  readonly id: string
  readonly fields: EventFields
  /** Of what is still there. */
  readonly salts: BySlot
  /** The hashes of what is gone. */
  readonly removed: BySlot
}

export type RecordedEvent = WholeEvent | RedactedEvent

const domain = 'latchkey.audit'

type Slot = readonly [name: string, value: Json]

const isMap = (value: Json): value is { readonly [key: string]: Json | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const present = (fields: { readonly [key: string]: Json | undefined }): readonly Slot[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))

/** Every field, and of a map every member: what can be taken out by itself. The name of a field has no dot, so no two slots have one name. */
export const slotsOf = (fields: EventFields): readonly Slot[] =>
  present(fields).flatMap(([name, value]): readonly Slot[] => {
    const members = isMap(value) ? present(value) : []
    return members.length === 0 ? [[name, value]] : members.map(([inner, one]) => [`${name}.${inner}`, one])
  })

const saltOf = (sha256: Sha256, salt: string, slot: string): string => sha256(`${domain}.salt.v1\n${salt}\n${slot}`)

const slotHash = (sha256: Sha256, salt: string, [name, value]: Slot): string =>
  sha256(`${domain}.field.v1\n${salt}\n${canonicalJson([name, value])}`)

/** Undefined when it cannot be hashed: a field without its salt, or one that is said to be gone and is there. */
export const eventHash = (sha256: Sha256, event: RecordedEvent): string | undefined => {
  const slots = slotsOf(event.fields)
  const salts = new Map('salt' in event ? [] : Object.entries(event.salts))
  const hashes = new Map('salt' in event ? [] : Object.entries(event.removed))
  const wanted = slots.length + hashes.size
  if (!('salt' in event) && salts.size !== slots.length) return undefined
  for (const slot of slots) {
    const salt = 'salt' in event ? saltOf(sha256, event.salt, slot[0]) : salts.get(slot[0])
    if (salt === undefined) return undefined
    hashes.set(slot[0], slotHash(sha256, salt, slot))
  }
  if (hashes.size !== wanted) return undefined
  const sorted = [...hashes].sort(([left], [right]) => (left < right ? -1 : 1))
  return sha256(`${domain}.event.v1\n${canonicalJson([event.id, sorted])}`)
}

/** What happened, where, when and with what result is nobody's personal data: an event without it says nothing. */
const staying: readonly string[] = ['type', 'tenant', 'at', 'version', 'requestId', 'before', 'after']

/** The event that says what was taken out of another one. */
export const redactionType = 'audit.redacted'

/** Of some events more stays: a redaction is covered by what names it, and the logs of an account are looked for by where it was. */
const stayingOf: ReadonlyMap<Json | undefined, RegExp> = new Map([
  [redactionType, /^(targets|details)(\.|$)/],
  ['tenancy.tenant_moved', /^details(\.(from|to))?$/],
])

export const mayBeRemoved = (slot: string, type: Json | undefined): boolean =>
  !staying.includes(slot) && stayingOf.get(type)?.test(slot) !== true

/** Takes values out by slot; what is not there is not missed. The hash of the event stays the same. */
export const redactEvent = (sha256: Sha256, event: RecordedEvent, slots: readonly string[]): RedactedEvent => {
  const removed = new Map('salt' in event ? [] : Object.entries(event.removed))
  const salts = new Map<string, string>()
  const left: Slot[] = []
  for (const slot of slotsOf(event.fields)) {
    const salt = 'salt' in event ? saltOf(sha256, event.salt, slot[0]) : (event.salts[slot[0]] ?? '')
    if (slots.includes(slot[0]) && mayBeRemoved(slot[0], event.fields['type']))
      removed.set(slot[0], slotHash(sha256, salt, slot))
    else {
      salts.set(slot[0], salt)
      left.push(slot)
    }
  }
  return {
    id: event.id,
    fields: fieldsIn(left),
    salts: Object.fromEntries(salts),
    removed: Object.fromEntries(removed),
  }
}

/** The way back from slots to fields. */
const fieldsIn = (slots: readonly Slot[]): EventFields => {
  const fields: Record<string, Json> = {}
  for (const [name, value] of slots) {
    const dot = name.indexOf('.')
    if (dot < 0) fields[name] = value
    else {
      const before = fields[name.slice(0, dot)]
      const members = before === undefined || !isMap(before) ? {} : before
      fields[name.slice(0, dot)] = { ...members, [name.slice(dot + 1)]: value }
    }
  }
  return fields
}

/** Reads a fault that another process describes in JSON; what it does not understand it refuses. */

import { isStatusName } from '../wire/status.ts'
import type { Fault } from './faults.ts'

const FIELDS: Readonly<Record<Fault['kind'], readonly string[]>> = {
  unavailable: ['kind', 'method'],
  slow: ['kind', 'method', 'ms'],
  fail: ['kind', 'method', 'code', 'call'],
  loseAnswer: ['kind', 'method', 'call'],
  damage: ['kind', 'method', 'call'],
}

const isKind = (kind: unknown): kind is Fault['kind'] => typeof kind === 'string' && Object.hasOwn(FIELDS, kind)

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0

/** @throws an Error whose one sentence is meant for the caller. */
export function parseFault(input: unknown): Fault {
  const body = Object.fromEntries(Object.entries(input ?? {}))
  const { kind, method, ms, code, call } = body
  if (!isKind(kind)) throw new Error(`The fault's 'kind' must be one of: ${Object.keys(FIELDS).join(', ')}.`)
  const unknown = Object.keys(body).filter((field) => !FIELDS[kind].includes(field))
  if (unknown.length > 0) throw new Error(`The fault '${kind}' has no field '${unknown.join("', '")}'.`)
  if (method !== undefined && typeof method !== 'string') throw new Error("The fault's 'method' must be a string.")
  if (call !== undefined && !isCount(call)) throw new Error("The fault's 'call' must be a positive whole number.")
  const scope = method === undefined ? {} : { method }
  const once = call === undefined ? scope : { ...scope, call }
  switch (kind) {
    case 'unavailable':
      return { kind, ...scope }
    case 'slow':
      if (!isCount(ms)) throw new Error("The fault's 'ms' must be a positive whole number.")
      return { kind, ms, ...scope }
    case 'fail':
      if (!isStatusName(code)) throw new Error("The fault's 'code' must be the name of a gRPC status other than OK.")
      return { kind, code, ...once }
    case 'loseAnswer':
    case 'damage':
      return { kind, ...once }
  }
}

// Structured log lines for Cloud Logging: one JSON object a line, with every secret taken out first.
import { format } from 'node:util'
import { type Instant, isOver, plusSeconds, secondsOf } from '@latchkey/core/kernel/time'
import type { Clock } from './clock.ts'

export type Severity = 'DEBUG' | 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR'
export type Log = (severity: Severity, message: string, facts?: Readonly<Record<string, unknown>>) => void

const secrets =
  /whsec_[0-9A-Za-z+/=]+|lk_[a-z]{2,5}_[0-9A-Za-z]+|eyJ[0-9A-Za-z_-]{5,}\.[0-9A-Za-z_-]*(\.[0-9A-Za-z_-]*)?/g
// Control characters would forge lines in a terminal (CATALOGUE C-147); JSON escapes those below 0x20 by itself.
const terminal = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** `lk_api_…` and JWTs become `[secret]`, wherever they stand in the line. */
export const redact = (line: string): string => line.replace(secrets, '[secret]').replace(terminal, '\ufffd')

const mostCharacters = 300

/** What went wrong in one line that may be kept and shown to operators: no stack, no secret. */
export const sentenceOf = (error: unknown): string =>
  redact(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, mostCharacters)

const plain = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value

export const jsonLog =
  (write: (line: string) => void): Log =>
  (severity, message, facts = {}) =>
    // Both first, for whoever reads the line, and last, so that no fact overrules them.
    write(redact(lineOf(Object.assign({ severity, message }, facts, { severity, message }))))

const seldomSeconds = secondsOf(10)

/** The same message once in ten seconds; in between it is not written. A clock that was set back silences nothing for longer. */
export const seldomLog = (log: Log, clock: Clock): Log => {
  const written = new Map<string, Instant>()
  return (severity, message, facts) => {
    const [last, now] = [written.get(message), clock()]
    if (last !== undefined && now >= last && !isOver(plusSeconds(last, seldomSeconds), now)) return
    written.set(message, now)
    log(severity, message, facts)
  }
}

/** A line that cannot be written must not fail the call that it tells of. */
const lineOf = (line: Readonly<Record<string, unknown>>): string => {
  try {
    return JSON.stringify(line, plain)
  } catch (error) {
    return JSON.stringify({ severity: line['severity'], message: line['message'], unloggable: String(error) })
  }
}

type Console = Record<'log' | 'info' | 'warn' | 'error', (...parts: unknown[]) => void>

/** Libraries write to the console by themselves: Express prints a body that it cannot parse, secrets and all. Redacts what they print. */
export const redactConsole = (console: Console): void => {
  for (const name of ['log', 'info', 'warn', 'error'] as const) {
    const print = console[name].bind(console)
    console[name] = (...parts) => print(redact(format(...parts)))
  }
}

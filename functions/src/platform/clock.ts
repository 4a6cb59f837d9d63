// The only clock: real time, shifted by a settable offset beside the emulators.
import { readFileSync } from 'node:fs'
import { type Instant, instantOf } from '@latchkey/core/kernel/time'

export type Clock = () => Instant

/** `offsetFile` holds milliseconds to add; an absent or unreadable file means none. `readConfig` refuses it outside a demo- project. */
export const systemClock = (offsetFile?: string): Clock => {
  if (offsetFile === undefined) return () => instantOf(Date.now())
  return () => instantOf(Date.now() + offsetIn(offsetFile))
}

const offsetIn = (file: string): number => {
  try {
    const offset = Number(readFileSync(file, 'utf8').trim())
    return Number.isFinite(offset) ? offset : 0
  } catch {
    return 0
  }
}

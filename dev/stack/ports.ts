// The table of local ports: one row per part, moved together by an offset so that two stacks can run side by side.
import { createServer } from 'node:net'

const table = {
  app: 5000,
  functions: 5001,
  id: 5005, // the Hosting emulator puts its second site five above the first and cannot be told otherwise
  firestore: 8080,
  pubsub: 8085,
  auth: 9099,
  firestoreWebsocket: 9150,
  eventarc: 9299,
  hub: 4400,
  logging: 4500,
  tasks: 9499,
  kms: 9710,
  kmsControl: 9711,
  smtp: 9720,
  mails: 9721,
} as const

export type PortName = keyof typeof table
export type PortTable = Readonly<Record<PortName, number>>

export const host = '127.0.0.1'

export function portTable(offset: number): PortTable {
  const highest = Math.max(...Object.values(table)) + offset
  if (!Number.isInteger(offset) || offset < 0 || highest > 65_535)
    throw new RangeError(
      `LK_PORT_OFFSET must be a whole number from 0 to ${65_535 - Math.max(...Object.values(table))}.`,
    )
  return Object.fromEntries(Object.entries(table).map(([name, port]) => [name, port + offset])) as PortTable
}

export function offsetFromEnvironment(value: string | undefined): number {
  return value === undefined || value === '' ? 0 : Number(value)
}

export type TakenPort = { readonly name: PortName; readonly port: number }

/** The first port of the table that somebody else already listens on. */
export async function firstTakenPort(ports: PortTable): Promise<TakenPort | undefined> {
  for (const [name, port] of Object.entries(ports) as [PortName, number][])
    if (!(await isFree(port))) return { name, port }
  return undefined
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

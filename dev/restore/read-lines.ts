// Lines `audit event` out of what `gcloud logging read --format=json` prints, or out of a log with one JSON object a line.
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type AuditLine, auditLine } from '@latchkey/core/lifecycle/restore/audit-line'

export interface ReadLines {
  readonly lines: readonly AuditLine[]
  /** Lines that call themselves audit events and are not whole: what they took away is not known. */
  readonly broken: readonly string[]
}

const mostShown = 200

export const readLines = async (file: string): Promise<ReadLines> => {
  const lines: AuditLine[] = []
  const broken: string[] = []
  for await (const { entry, where } of entriesOf(file)) {
    const payload = payloadOf(entry)
    if (payload === undefined) continue
    const read = auditLine.safeParse(payload)
    if (read.success) lines.push(read.data)
    else broken.push(`${where}: ${JSON.stringify(payload).slice(0, mostShown)}`)
  }
  return { lines, broken }
}

interface Entry {
  readonly entry: unknown
  readonly where: string
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  if (await isList(file)) {
    const all: unknown = JSON.parse(await readFile(file, 'utf8'))
    for (const [index, entry] of (all as readonly unknown[]).entries())
      yield { entry, where: `${file}, entry ${index + 1}` }
    return
  }
  let number = 0
  for await (const text of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++
    // Beside our own lines a log has others.
    if (text.includes('"audit event"')) yield { entry: parsed(text), where: `${file}, line ${number}` }
  }
}

const isList = async (file: string): Promise<boolean> => {
  const handle = await open(file)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  await handle.close()
  return buffer.toString('utf8', 0, bytesRead).trimStart().startsWith('[')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.slice(text.indexOf('{')))
  } catch {
    return { message: 'audit event', text }
  }
}

/** Cloud Logging puts our line into `jsonPayload`. */
const payloadOf = (entry: unknown): { readonly message?: unknown } | undefined => {
  if (typeof entry !== 'object' || entry === null) return undefined
  const payload: unknown = Reflect.get(entry, 'jsonPayload') ?? entry
  if (typeof payload !== 'object' || payload === null) return undefined
  return Reflect.get(payload, 'message') === 'audit event' ? payload : undefined
}

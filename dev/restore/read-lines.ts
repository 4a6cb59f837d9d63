// Lines `audit event` out of what `gcloud logging read --format=json` prints, or out of a log with one JSON object a line.
import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type AuditLine, auditLine } from '@latchkey/core/lifecycle/restore/audit-line'

export interface ReadLines {
  readonly lines: readonly AuditLine[]
  /** Lines that call themselves audit events and are not whole: what they took away is not known. */
  readonly broken: readonly string[]
  /** Of other projects, whose log the same bucket may hold. */
  readonly foreign: number
}

const mostShown = 200

/** Rejects with one sentence when the file cannot be read. */
export const readLines = async (file: string, project: string): Promise<ReadLines> => {
  const lines: AuditLine[] = []
  const broken: string[] = []
  let foreign = 0
  for await (const { entry, where } of entriesOf(file)) {
    const payload = payloadOf(entry)
    if (payload === undefined) continue
    if (projectOf(entry) !== undefined && projectOf(entry) !== project) {
      foreign++
      continue
    }
    const read = auditLine.safeParse(payload)
    if (read.success) lines.push(read.data)
    else broken.push(`${where}: ${JSON.stringify(payload).slice(0, mostShown)}`)
  }
  return { lines, broken, foreign }
}

interface Entry {
  readonly entry: unknown
  readonly where: string
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  if (await isList(file)) {
    for (const [index, entry] of (await listIn(file)).entries()) yield { entry, where: `${file}, entry ${index + 1}` }
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

const listIn = async (file: string): Promise<readonly unknown[]> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly unknown[] // it begins as a list
  } catch (reason) {
    throw new Error(`${file} is not whole, or more than can be read at once: get it anew, for a shorter time.`, {
      cause: reason,
    })
  }
}

const isList = async (file: string): Promise<boolean> => {
  const handle = await open(file).catch((reason: unknown) => {
    throw new Error(`${file} cannot be read.`, { cause: reason })
  })
  if ((await handle.stat()).isDirectory()) throw new Error(`${file} is a folder.`)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
  await handle.close()
  // A line of a log may begin with a bracket, too.
  return /^\s*\[\s*[{\]]/.test(buffer.toString('utf8', 0, bytesRead))
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

/** An entry keeps the name of the log that it was written to, wherever it is routed to; a bare line of ours names none. */
const projectOf = (entry: unknown): string | undefined => {
  const log: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'logName') : undefined
  return typeof log === 'string' ? /^projects\/([^/]+)\//.exec(log)?.[1] : undefined
}

// `npm run verify-audit -- <export.ndjson> … --key <file> [--anchors <folder>]`: proves an exported audit log, offline, by the public keys alone.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type AnchorRecord, anchorRecord } from '@latchkey/core/audit/export-lines'
import type { Fault, Report } from '@latchkey/core/audit/verify/fault'
import type { Host, SealKey } from '@latchkey/core/audit/verify/seals'
import { type Verification, verifyLog } from '@latchkey/core/audit/verify/verify-log'
import { parseStrictJson } from '@latchkey/core/kernel/strict-json'
import { es256CheckerAtOnce } from '@latchkey/core/tokens/check-es256'

const usage =
  'Usage: npm run verify-audit -- <export.ndjson> [<next part> …] --key <key, key set or answer of signing/list> [--anchors <folder>]'

const check = es256CheckerAtOnce({ createPublicKey, verify })
const host: Host = {
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  checkSignature: (key, signature, signed) => check(key, signature, signed) === true,
}

/** `compromisedAt` in the answer of `signing/list`: beyond it the key counts for nothing by itself. */
const endOf = (key: object): string | undefined => {
  if ('notAfter' in key) return String(key.notAfter)
  return 'compromisedAt' in key ? String(key.compromisedAt) : undefined
}

/** Every key for seals that stands anywhere in the document: keys of other purposes sign no seal. What ends the object around a key ends the key. */
const keysIn = (value: unknown, around?: string): readonly SealKey[] => {
  if (typeof value !== 'object' || value === null) return []
  const notAfter = endOf(value) ?? around
  if ('kid' in value && 'x' in value && 'y' in value) {
    const key = { kid: String(value.kid), x: String(value.x), y: String(value.y) }
    return key.kid.startsWith('seal-') ? [{ ...key, ...(notAfter === undefined ? {} : { notAfter }) }] : []
  }
  return Object.values(value).flatMap((inner) => keysIn(inner, notAfter))
}

const anchorsIn = (folder: string): readonly AnchorRecord[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => anchorRecord.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))

/** One line in memory at a time. A line that is no JSON, or has a name twice, is none of an export. */
const feed = async (verification: Verification, file: string): Promise<void> => {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const parsed = parseStrictJson(line)
    verification.line(parsed.ok ? parsed.value : undefined)
  }
}

const sentenceOf = ({ kind, position, event, sentence }: Fault): string => {
  const place = [position === undefined ? '' : ` at position ${position}`, event === undefined ? '' : ` (${event})`]
  return `${kind}${place.join('')}: ${sentence}`
}

const say = ({ tenant, segments, events, after, last, redacted, anchors, faults }: Report): void => {
  const from = after === 0 ? 'the beginning' : `position ${after + 1}`
  console.log(`tenant ${tenant}: ${events} events in ${segments} segments, from ${from} to position ${last}`)
  console.log(`${redacted} of them with something taken out; ${anchors} seals of the second place compared`)
  for (const fault of faults) console.log(sentenceOf(fault))
  console.log(faults.length === 0 ? 'whole: nothing was changed, removed, added or put elsewhere' : 'NOT whole')
}

const run = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true }, anchors: { type: 'string' } },
  })
  const keys = (values.key ?? []).flatMap((file) => keysIn(JSON.parse(readFileSync(file, 'utf8'))))
  if (positionals.length === 0 || keys.length === 0 || positionals.some((file) => !statSync(file).isFile())) {
    console.error(usage)
    return 2
  }
  const anchors = values.anchors === undefined ? [] : anchorsIn(values.anchors)
  const verification = verifyLog({ keys, anchors }, host)
  for (const file of positionals) await feed(verification, file)
  const report = verification.finish()
  say(report)
  return report.faults.length === 0 ? 0 : 1
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})

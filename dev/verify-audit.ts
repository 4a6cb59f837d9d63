// `npm run verify-audit -- <export.ndjson> … --key <file> [--anchors <folder>]`: proves an exported audit log, offline, by the public keys alone.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { anchoredKey, anchorRecord } from '@latchkey/core/audit/export-lines'
import { type Anchors, readAnchors } from '@latchkey/core/audit/verify/anchors'
import type { Fault, Redaction, Report } from '@latchkey/core/audit/verify/fault'
import { publishedKeys } from '@latchkey/core/audit/verify/published-keys'
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

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

/** One seal in memory at a time; of each a hash is kept, and what it says of this tenant. */
const anchorsIn = (folder: string, tenant: string, published: readonly SealKey[]): Anchors => {
  const named = (prefix: string) =>
    readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
  const held = named('key-').map((name) => anchoredKey.parse(json(join(folder, name))))
  const reading = readAnchors({ tenant, published, held }, host)
  for (const name of named('seal-').sort()) reading.take(anchorRecord.parse(json(join(folder, name))))
  return reading.finish()
}

/** Whose log it is, as its first line says. */
const tenantIn = async (file: string): Promise<string> => {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) {
    const parsed = parseStrictJson(line)
    const { tenant } = { tenant: '', ...(parsed.ok ? Object(parsed.value) : {}) }
    return String(tenant)
  }
  return ''
}

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

const redactionOf = ({ event, position, fields, covered }: Redaction): string =>
  `taken out at position ${position} (${event}): ${fields.join(', ')}${covered ? '' : ', which no event says'}`

const say = ({ tenant, segments, events, after, last, redactions, anchors, faults }: Report): void => {
  const from = after === 0 ? 'the beginning' : `position ${after + 1}`
  console.log(`tenant ${tenant}: ${events} events in ${segments} segments, from ${from} to position ${last}`)
  console.log(`${redactions.length} of them with something taken out; ${anchors} seals of the second place compared`)
  for (const redaction of redactions) console.log(redactionOf(redaction))
  for (const fault of faults) console.log(sentenceOf(fault))
  console.log(faults.length === 0 ? 'whole: nothing was changed, removed, added or put elsewhere' : 'NOT whole')
}

const run = async (): Promise<number> => {
  if (process.argv.includes('--help')) {
    console.log(usage)
    return 0
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true }, anchors: { type: 'string' } },
  })
  const keys = (values.key ?? []).flatMap((file) => publishedKeys(json(file)))
  const [first] = positionals
  if (first === undefined || keys.length === 0 || positionals.some((file) => !statSync(file).isFile())) {
    console.error(usage)
    return 2
  }
  const anchors =
    values.anchors === undefined ? {} : { anchors: anchorsIn(values.anchors, await tenantIn(first), keys) }
  const verification = verifyLog({ keys, ...anchors }, host)
  for (const file of positionals) await feed(verification, file)
  const report = verification.finish()
  say(report)
  return report.faults.length === 0 ? 0 : 1
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})

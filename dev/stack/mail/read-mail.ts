// A mail as it came over the wire, taken apart as far as ours go: headers, a plain and an HTML part, in any of the usual encodings.
export type CaughtMail = {
  readonly to: readonly string[]
  readonly subject: string
  /** By name in lower case; a name that came twice has both values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly plain: string
  readonly html: string
  readonly raw: string
}

type Part = Pick<CaughtMail, 'headers'> & { readonly body: string }

export function readMail(raw: string, to: readonly string[]): CaughtMail {
  const whole = partOf(raw)
  const parts = leavesOf(whole)
  const textOf = (type: string) => parts.find((part) => first(part, 'content-type').startsWith(type))
  return {
    to,
    subject: decodedWords(first(whole, 'subject')),
    headers: whole.headers,
    plain: decoded(textOf('text/plain')),
    html: decoded(textOf('text/html')),
    raw,
  }
}

function partOf(text: string): Part {
  const end = text.indexOf('\r\n\r\n')
  const head = (end < 0 ? text : text.slice(0, end)).replace(/\r\n[ \t]+/g, ' ')
  const headers: Record<string, string[]> = {}
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()]
  }
  return { headers, body: end < 0 ? '' : text.slice(end + 4) }
}

function first({ headers }: Pick<Part, 'headers'>, name: string): string {
  return headers[name]?.[0] ?? ''
}

function leavesOf(part: Part): readonly Part[] {
  const boundary = /^multipart\/.*boundary="?([^";]+)/i.exec(first(part, 'content-type'))?.[1]
  if (boundary === undefined) return [part]
  const inner = part.body.split(`--${boundary}`).slice(1, -1)
  return inner.flatMap((text) => leavesOf(partOf(text.replace(/^\r\n/, ''))))
}

function decoded(part: Part | undefined): string {
  if (part === undefined) return ''
  const encoding = first(part, 'content-transfer-encoding').toLowerCase()
  if (encoding === 'base64') return Buffer.from(part.body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(part.body.replace(/=\r\n/g, '')) : part.body
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** RFC 2047; two of them beside each other are one text. */
function decodedWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : quotedPrintable(word.replaceAll('_', ' ')),
    )
}

// Counts documents in gRPC frames by the numbers of their top-level protobuf fields: no message needs to be decoded.

/** BatchGetDocumentsResponse: found = 1, missing = 2. RunQueryResponse: document = 1; a query that finds nothing costs one read. */
export const readsIn = (method: string, answer: Buffer): number => {
  if (method === 'BatchGetDocuments') return count(readOutsideCatalogue(answer), [1, 2])
  return method === 'RunQuery' ? Math.max(1, count(messagesIn(answer), [1])) : 0
}

/** CommitRequest and BatchWriteRequest: writes = 2. */
export const writesIn = (method: string, request: Buffer): number =>
  method === 'Commit' || method === 'BatchWrite' ? count(messagesIn(request), [2]) : 0

/** Catalogue documents are left out: an instance keeps them, so whether a call reads them depends on the calls before it. */
const readOutsideCatalogue = (answer: Buffer): readonly Buffer[] =>
  messagesIn(answer).filter((message) => !message.includes('/documents/catalogue/'))

/** What calls to the catalogue alone are counted as. */
export const ofCatalogue = 'of the catalogue'

/** One call more under its method, or under that of the catalogue, whose calls depend on those before it as well. */
export const oneMore = (
  calls: Readonly<Record<string, number>>,
  method: string,
  request: Buffer | undefined,
): Record<string, number> => {
  const name = method === 'BatchGetDocuments' && request?.includes('/documents/catalogue/') ? ofCatalogue : method
  return { ...calls, [name]: (calls[name] ?? 0) + 1 }
}

const count = (messages: readonly Buffer[], fields: readonly number[]): number =>
  messages.flatMap(fieldsOf).filter((field) => fields.includes(field)).length

/** Length-prefixed messages: one byte of flags, four of length. */
const messagesIn = (frames: Buffer): readonly Buffer[] => {
  const messages: Buffer[] = []
  for (let at = 0; at + 5 <= frames.length; ) {
    const length = frames.readUInt32BE(at + 1)
    messages.push(frames.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  return messages
}

/** The numbers of the top-level fields of a protobuf message. */
const fieldsOf = (message: Buffer): readonly number[] => {
  const fields: number[] = []
  const cursor = { at: 0 }
  while (cursor.at < message.length) {
    const tag = varint(message, cursor)
    fields.push(tag >>> 3)
    const wire = tag & 7
    if (wire === 0) varint(message, cursor)
    else if (wire === 2) {
      const length = varint(message, cursor) // before the sum: `+=` would read the cursor first
      cursor.at += length
    } else cursor.at += wire === 1 ? 8 : 4
  }
  return fields
}

const varint = (message: Buffer, cursor: { at: number }): number => {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = message[cursor.at++] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
}

// The lines of a stream, each bounded: a server gone mad fills no memory.

const maxLineLength = 1024 * 1024

/** Whoever stops early cancels the stream. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const [last = '', ...whole] = (rest + decoder.decode(value, { stream: true })).split('\n').reverse()
      yield* whole.reverse().filter((line) => line !== '')
      if (last.length > maxLineLength) throw new Error('a line without an end')
      rest = last
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

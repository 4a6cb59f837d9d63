// A stream of JSON lines over HTTP: bounded in what it holds back, ended by whoever goes first.
import type { Json } from '@latchkey/core/kernel/canonical-json'
import type { Request } from 'firebase-functions/https'
import type { Lines } from '../definition.ts'
import { privateHeaders } from '../render-error.ts'

type Response = NonNullable<Request['res']>

/** What a slow listener makes us hold; beyond it the connection is cut, and it comes back from where it was. */
const maxHeldBytes = 1024 * 1024

/** Resolves when the stream has ended: an instance lives as long as its requests do. */
export const streamLines = (response: Response, requestId: string, open: (lines: Lines) => () => void): Promise<void> =>
  new Promise((resolve) => {
    // Whoever went while being admitted is not told of any more.
    if (response.destroyed) return resolve()
    response.status(200).set({ ...privateHeaders(requestId), 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    const stop = open({
      send: (line: Json) => {
        if (response.writableEnded || response.destroyed) return false
        if (response.writableLength > maxHeldBytes) {
          response.destroy()
          return false
        }
        response.write(`${JSON.stringify(line)}\n`)
        return true
      },
      drained: () => drained(response),
      end: () => void response.end(),
    })
    response.on('close', () => {
      stop()
      resolve()
    })
  })

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    if (!response.writableNeedDrain || response.destroyed) return resolve()
    response.once('drain', resolve)
    response.once('close', resolve)
  })

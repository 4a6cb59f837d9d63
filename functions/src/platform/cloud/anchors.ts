// The second place of seals: written once each and never again, where whoever can write the database cannot.
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { StoreError } from '../store/store-error.ts'
import { cloudCalls } from './call.ts'

export interface Anchors {
  /** `exists` when something of this name is there already; it stays as it is. Rejects when the place does not answer. */
  readonly create: (name: string, text: string) => Promise<'created' | 'exists'>
  readonly read: (name: string) => Promise<string | undefined>
}

type Settings = Pick<Config, 'local' | 'projectId' | 'anchorBucket' | 'anchorFolder'>

export const openAnchors = (settings: Settings, clock: Clock): Anchors =>
  settings.local
    ? folderAnchors(settings.anchorFolder ?? join(tmpdir(), 'latchkey-anchors', settings.projectId))
    : bucketAnchors(settings.anchorBucket, clock)

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

/** For a laptop: the same promises, kept by nobody but the file system. */
export const folderAnchors = (folder: string): Anchors => ({
  create: async (name, text) => {
    const unnamed = join(folder, `${name}.${randomUUID()}`)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(unnamed, text, { mode: 0o444 })
      // Whole or not at all: a crash leaves no half of a seal under its name.
      await link(unnamed, join(folder, name))
      return 'created'
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'exists'
      throw new StoreError('unavailable', error)
    } finally {
      await rm(unnamed, { force: true }).catch(() => undefined) // the folder itself may be what is missing
    }
  },
  read: async (name) => {
    try {
      return await readFile(join(folder, name), 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw new StoreError('unavailable', error)
    }
  },
})

const origin = 'https://storage.googleapis.com'
// The retention lock of the bucket keeps even its owner from changing or removing an object; the service account may only create and read.
const scope = 'https://www.googleapis.com/auth/devstorage.read_write'
/** As google.rpc.Code, by which calls are tried again. */
const unavailable = 14

export type Send = (url: string, init: RequestInit) => Promise<Response>

/** As the function's own service account. */
const authorizedSend: Send = async (url, init) => {
  const { GoogleAuth } = await import('google-auth-library') // only who seals pays for it
  const token = await new GoogleAuth({ scopes: scope }).getAccessToken()
  return fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })
}

/** Cloud Storage by its JSON API: two calls are less than a client library. */
export const bucketAnchors = (bucket: string, clock: Clock, send: Send = authorizedSend): Anchors => {
  const call = cloudCalls(clock, 'Cloud Storage')
  const ask: Send = (url, init) =>
    call(async ({ timeout }) => {
      const answer = await send(url, { ...init, signal: AbortSignal.timeout(timeout) }).catch(() => undefined)
      if (answer === undefined || answer.status === 429 || answer.status >= 500)
        throw Object.assign(new Error(`Cloud Storage answered ${answer?.status ?? 'nothing'}`), { code: unavailable })
      return answer
    })
  return {
    create: async (name, text) => {
      const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' })
      const headers = { 'content-type': 'application/json' }
      const url = `${origin}/upload/storage/v1/b/${bucket}/o?${query}`
      const answer = await ask(url, { method: 'POST', headers, body: text })
      if (answer.status === 412) return 'exists'
      if (!answer.ok) throw new StoreError('unavailable', `the anchor ${name} was refused with ${answer.status}`)
      return 'created'
    },
    read: async (name) => {
      const answer = await ask(`${origin}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`, {})
      if (answer.status === 404) return undefined
      if (!answer.ok) throw new StoreError('unavailable', `the anchor ${name} was refused with ${answer.status}`)
      return answer.text()
    },
  }
}

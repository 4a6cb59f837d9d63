/** Secret versions: add, get, list, and access to their payloads. */
import type { protos } from '@google-cloud/secret-manager'
import { read, write } from '../server/operation.ts'
import { crc32c } from '../wire/crc32c.ts'
import { type ListRequest, paginate } from '../wire/paginate.ts'
import { failedPrecondition, invalidArgument } from '../wire/status.ts'
import { drawEtag } from './etag.ts'
import { findSecret, findVersion } from './find.ts'
import { renderVersion } from './render.ts'
import { MAX_PAGE_SIZE } from './secrets.ts'
import type { SecretVersion } from './state.ts'

type Accessed = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse

const MAX_PAYLOAD_BYTES = 65_536

/** The checksum is absent, not null, when the caller sent none: the field is optional in the protos. */
type Payload = { data: Buffer; dataCrc32c?: string } | null

function requirePayload(payload: Payload): { data: Buffer; checksummed: boolean } {
  if (payload === null || payload.data.length === 0) throw invalidArgument('Secret Payload cannot be empty.')
  const { data, dataCrc32c } = payload
  if (data.length > MAX_PAYLOAD_BYTES) {
    throw invalidArgument(`Secret Payload is ${data.length} bytes, more than the limit of ${MAX_PAYLOAD_BYTES} bytes.`)
  }
  if (dataCrc32c !== undefined && dataCrc32c !== crc32c(data)) {
    throw invalidArgument('The checksum in field payload.data_crc32c did not match the data in field payload.data.')
  }
  return { data, checksummed: dataCrc32c !== undefined }
}

type AddRequest = { parent: string; payload: Payload }

export const addSecretVersion = write(({ parent, payload }: AddRequest, { state, nowMs }) => {
  const secret = findSecret(state, parent, 'parent')
  const { data, checksummed } = requirePayload(payload)
  const version: SecretVersion = {
    number: secret.versions.length + 1,
    state: 'ENABLED',
    createdAtMs: nowMs,
    destroyedAtMs: null,
    etag: drawEtag(state),
    clientSpecifiedPayloadChecksum: checksummed,
    payload: data.toString('base64'),
  }
  secret.versions.push(version)
  return renderVersion(secret, version)
})

export const getSecretVersion = read((request: { name: string }, { state }) => {
  const { secret, version } = findVersion(state, request.name)
  return renderVersion(secret, version)
})

/** Newest first. */
export const listSecretVersions = read((request: ListRequest, { state }) => {
  const secret = findSecret(state, request.parent, 'parent')
  const { items, ...page } = paginate(secret.versions, ({ number }) => -number, request, MAX_PAGE_SIZE)
  return { versions: items.map((version) => renderVersion(secret, version)), ...page }
})

export const accessSecretVersion = read((request: { name: string }, { state }): Accessed => {
  const { version, name } = findVersion(state, request.name)
  if (version.state !== 'ENABLED' || version.payload === null) {
    throw failedPrecondition(`Secret Version [${name}] is in ${version.state} state.`)
  }
  const data = Buffer.from(version.payload, 'base64')
  return { name, payload: { data, dataCrc32c: crc32c(data) } }
})

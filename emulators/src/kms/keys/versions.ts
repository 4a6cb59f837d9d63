/** Crypto key versions: create, get, list, enable and disable, schedule their destruction and restore. */
import { read, write } from '../../server/operation.ts'
import { type FieldMask, maskedFields } from '../../wire/field-mask.ts'
import { type ListRequest, paginate } from '../../wire/paginate.ts'
import { failedPrecondition, invalidArgument } from '../../wire/status.ts'
import { appendVersion } from '../crypto/generate.ts'
import { type FoundVersion, findKey, findVersion, findVersionOf } from '../find.ts'
import { renderVersion } from '../render.ts'
import type { VersionState } from '../state.ts'
import { MAX_PAGE_SIZE } from './key-rings.ts'

type StatedVersion = { name: string; state: string }

function requireState({ version, name }: FoundVersion, allowed: readonly VersionState[], verb: string): void {
  if (allowed.includes(version.state)) return
  throw failedPrecondition(`${name} cannot be ${verb}, current state is: ${version.state}.`)
}

type CreateRequest = { parent: string; cryptoKeyVersion: StatedVersion | null }

export const createCryptoKeyVersion = write(({ parent, cryptoKeyVersion }: CreateRequest, { state, nowMs }) => {
  const key = findKey(state, parent, 'parent')
  const requested = cryptoKeyVersion?.state ?? 'ENABLED'
  if (!['CRYPTO_KEY_VERSION_STATE_UNSPECIFIED', 'ENABLED', 'DISABLED'].includes(requested)) {
    throw invalidArgument("The field 'crypto_key_version.state' must be ENABLED or DISABLED.")
  }
  const version = appendVersion(key, nowMs)
  if (requested === 'DISABLED') version.state = 'DISABLED'
  return renderVersion(findVersionOf(key, version.number))
})

export const getCryptoKeyVersion = read((request: { name: string }, { state }) =>
  renderVersion(findVersion(state, request.name)),
)

export const listCryptoKeyVersions = read((request: ListRequest, { state }) => {
  const key = findKey(state, request.parent, 'parent')
  const { items, ...page } = paginate(key.versions, ({ number }) => number, request, MAX_PAGE_SIZE)
  return { cryptoKeyVersions: items.map(({ number }) => renderVersion(findVersionOf(key, number))), ...page }
})

type UpdateRequest = { cryptoKeyVersion: StatedVersion | null; updateMask: FieldMask }

export const updateCryptoKeyVersion = write(({ cryptoKeyVersion, updateMask }: UpdateRequest, { state }) => {
  if (cryptoKeyVersion === null) throw invalidArgument("The field 'crypto_key_version' is required.")
  const found = findVersion(state, cryptoKeyVersion.name, 'crypto_key_version.name')
  maskedFields(updateMask, ['state'])
  const wanted = cryptoKeyVersion.state
  if (wanted !== 'ENABLED' && wanted !== 'DISABLED') {
    throw invalidArgument("The field 'crypto_key_version.state' must be ENABLED or DISABLED.")
  }
  requireState(found, ['ENABLED', 'DISABLED'], 'updated')
  found.version.state = wanted
  return renderVersion(found)
})

export const destroyCryptoKeyVersion = write((request: { name: string }, { state, nowMs }) => {
  const found = findVersion(state, request.name)
  requireState(found, ['ENABLED', 'DISABLED'], 'destroyed')
  found.version.state = 'DESTROY_SCHEDULED'
  found.version.destroyAtMs = nowMs + found.key.destroyScheduledSeconds * 1000
  return renderVersion(found)
})

export const restoreCryptoKeyVersion = write((request: { name: string }, { state }) => {
  const found = findVersion(state, request.name)
  requireState(found, ['DESTROY_SCHEDULED'], 'restored')
  found.version.state = 'DISABLED'
  found.version.destroyAtMs = null
  return renderVersion(found)
})

/** Crypto keys: create, get, list, update, and the choice of the primary version. */
import { randomBytes } from 'node:crypto'
import { read, write } from '../../server/operation.ts'
import { type FieldMask, maskedFields } from '../../wire/field-mask.ts'
import { requireLabels } from '../../wire/labels.ts'
import { type ListRequest, paginate } from '../../wire/paginate.ts'
import { alreadyExists, invalidArgument, notEmulated } from '../../wire/status.ts'
import { appendVersion } from '../crypto/generate.ts'
import { findKey, findKeyRing, findVersionOf, requireEnabled, requirePurpose } from '../find.ts'
import { requireId } from '../names.ts'
import { renderKey } from '../render.ts'
import type { CryptoKey } from '../state.ts'
import { MAX_PAGE_SIZE } from './key-rings.ts'
import { type RequestedKey, readRequestedKey } from './requested-key.ts'
import { readNextRotation, readPeriod, requireRotatable } from './rotation.ts'

type CreateRequest = {
  parent: string
  cryptoKeyId: string
  cryptoKey: RequestedKey | null
  skipInitialVersionCreation: boolean
  trustedWrappingEnabled: boolean
}

export const createCryptoKey = write((request: CreateRequest, { state, nowMs }) => {
  const keyRing = findKeyRing(state, request.parent, 'parent')
  const name = `${keyRing.name}/cryptoKeys/${requireId(request.cryptoKeyId, 'crypto_key_id')}`
  if (request.trustedWrappingEnabled) throw notEmulated("The field 'trusted_wrapping_enabled'")
  const described = readRequestedKey(request.cryptoKey)
  if (state.cryptoKeys[name] !== undefined) throw alreadyExists(`CryptoKey ${name}`)
  const cipherId = randomBytes(8).toString('hex')
  const key: CryptoKey = { name, ...described, createdAtMs: nowMs, cipherId, primary: null, versions: [] }
  if (!request.skipInitialVersionCreation) {
    const { number } = appendVersion(key, nowMs)
    if (key.purpose === 'ENCRYPT_DECRYPT') key.primary = number
  }
  state.cryptoKeys[name] = key
  return renderKey(key)
})

export const getCryptoKey = read((request: { name: string }, { state }) => renderKey(findKey(state, request.name)))

export const listCryptoKeys = read((request: ListRequest, { state }) => {
  const prefix = `${findKeyRing(state, request.parent, 'parent').name}/cryptoKeys/`
  const within = Object.values(state.cryptoKeys).filter(({ name }) => name.startsWith(prefix))
  const { items, ...page } = paginate(within, ({ name }) => name, request, MAX_PAGE_SIZE)
  return { cryptoKeys: items.map(renderKey), ...page }
})

type UpdateRequest = { cryptoKey: RequestedKey | null; updateMask: FieldMask }

export const updateCryptoKey = write(({ cryptoKey, updateMask }: UpdateRequest, { state }) => {
  if (cryptoKey === null) throw invalidArgument("The field 'crypto_key' is required.")
  const key = findKey(state, cryptoKey.name, 'crypto_key.name')
  const fields = maskedFields(updateMask, ['labels', 'rotation_period', 'next_rotation_time'])
  if (fields.has('labels')) key.labels = requireLabels(cryptoKey.labels)
  if (fields.has('rotation_period')) key.rotationSeconds = readPeriod(cryptoKey.rotationPeriod)
  if (fields.has('next_rotation_time')) key.nextRotationAtMs = readNextRotation(cryptoKey.nextRotationTime)
  requireRotatable(key, key.purpose)
  return renderKey(key)
})

type PrimaryRequest = { name: string; cryptoKeyVersionId: string }

export const updateCryptoKeyPrimaryVersion = write((request: PrimaryRequest, { state }) => {
  const key = findKey(state, request.name)
  requirePurpose(key, 'ENCRYPT_DECRYPT', key.name)
  if (!/^[1-9][0-9]{0,8}$/.test(request.cryptoKeyVersionId)) {
    throw invalidArgument("The field 'crypto_key_version_id' must be the number of a version.")
  }
  const found = findVersionOf(key, Number(request.cryptoKeyVersionId))
  requireEnabled(found)
  key.primary = found.version.number
  return renderKey(key)
})

/** Symmetric encryption and decryption with additional authenticated data. */
import type { protos } from '@google-cloud/kms'
import { read } from '../../server/operation.ts'
import type { EmulatorState } from '../../state/emulator-state.ts'
import { failedPrecondition, invalidArgument } from '../../wire/status.ts'
import { type FoundVersion, findKey, findVersion, findVersionOf, requireEnabled, requirePurpose } from '../find.ts'
import { isNameOf } from '../names.ts'
import { type Checksum, checksumOf, verifyChecksum } from './checksums.ts'
import { open, readHeader, seal } from './ciphertext.ts'

type Encrypted = protos.google.cloud.kms.v1.IEncryptResponse
type Decrypted = protos.google.cloud.kms.v1.IDecryptResponse

const MAX_BYTES = 65_536

const undecipherable = () => invalidArgument("Decryption failed: verify that 'name' refers to the correct CryptoKey.")

function requireSize(bytes: Buffer, field: string): void {
  if (bytes.length > MAX_BYTES) throw invalidArgument(`The field '${field}' must be no larger than 64KiB.`)
}

/** A key encrypts with its primary version, a version with itself. */
function versionFor(state: EmulatorState, name: string): FoundVersion {
  if (isNameOf('cryptoKeyVersion', name)) return findVersion(state, name)
  const key = findKey(state, name)
  requirePurpose(key, 'ENCRYPT_DECRYPT', key.name)
  if (key.primary === null) throw failedPrecondition(`CryptoKey ${name} has no primary version.`)
  return findVersionOf(key, key.primary)
}

type EncryptRequest = {
  name: string
  plaintext: Buffer
  additionalAuthenticatedData: Buffer
  plaintextCrc32c: Checksum
  additionalAuthenticatedDataCrc32c: Checksum
}

export const encrypt = read((request: EncryptRequest, { state }): Encrypted => {
  const { plaintext, additionalAuthenticatedData: aad } = request
  requireSize(plaintext, 'plaintext')
  requireSize(aad, 'additional_authenticated_data')
  const verifiedPlaintextCrc32c = verifyChecksum(request.plaintextCrc32c, plaintext, 'plaintext')
  const verifiedAdditionalAuthenticatedDataCrc32c = verifyChecksum(
    request.additionalAuthenticatedDataCrc32c,
    aad,
    'additional_authenticated_data',
  )
  const found = versionFor(state, request.name)
  requirePurpose(found.key, 'ENCRYPT_DECRYPT', found.name)
  const header = { cipherId: found.key.cipherId, number: found.version.number }
  const ciphertext = seal(requireEnabled(found), header, plaintext, aad)
  return {
    name: found.name,
    ciphertext,
    ciphertextCrc32c: checksumOf(ciphertext),
    verifiedPlaintextCrc32c,
    verifiedAdditionalAuthenticatedDataCrc32c,
    protectionLevel: found.key.protectionLevel,
  }
})

type DecryptRequest = {
  name: string
  ciphertext: Buffer
  additionalAuthenticatedData: Buffer
  ciphertextCrc32c: Checksum
  additionalAuthenticatedDataCrc32c: Checksum
}

export const decrypt = read((request: DecryptRequest, { state }): Decrypted => {
  const { ciphertext, additionalAuthenticatedData: aad } = request
  verifyChecksum(request.ciphertextCrc32c, ciphertext, 'ciphertext')
  verifyChecksum(request.additionalAuthenticatedDataCrc32c, aad, 'additional_authenticated_data')
  const key = findKey(state, request.name)
  requirePurpose(key, 'ENCRYPT_DECRYPT', key.name)
  const header = readHeader(ciphertext)
  if (header?.cipherId !== key.cipherId || key.versions[header.number - 1] === undefined) throw undecipherable()
  const plaintext = open(requireEnabled(findVersionOf(key, header.number)), ciphertext, aad)
  if (plaintext === null) throw undecipherable()
  return {
    plaintext,
    plaintextCrc32c: checksumOf(plaintext),
    usedPrimary: header.number === key.primary,
    protectionLevel: key.protectionLevel,
  }
})

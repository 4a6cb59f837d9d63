/** Signatures with P-256 and SHA-256, and the public keys that verify them. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { protos } from '@google-cloud/kms'
import { p256 } from '@noble/curves/nist.js'
import { read } from '../../server/operation.ts'
import { invalidArgument, notEmulated } from '../../wire/status.ts'
import { findVersion, requireEnabled, requirePurpose } from '../find.ts'
import { type Checksum, checksumOf, verifyChecksum } from './checksums.ts'

type Signed = protos.google.cloud.kms.v1.IAsymmetricSignResponse
type PublicKey = protos.google.cloud.kms.v1.IPublicKey

const MAX_DATA_BYTES = 65_536

type SignRequest = {
  name: string
  /** The member that `digest` names is the one that was sent. */
  digest: { digest?: string; sha256?: Buffer } | null
  digestCrc32c: Checksum
  data: Buffer
  dataCrc32c: Checksum
}

function readDigest({ digest, data }: SignRequest): Buffer {
  if (digest !== null && data.length > 0) throw invalidArgument("Only one of 'digest' and 'data' may be set.")
  if (data.length > MAX_DATA_BYTES) throw invalidArgument("The field 'data' must be no larger than 64KiB.")
  if (digest === null && data.length === 0) throw invalidArgument("One of 'digest' and 'data' is required.")
  if (digest === null) return createHash('sha256').update(data).digest()
  if (digest.sha256?.length === 32) return digest.sha256
  throw invalidArgument("The field 'digest.sha256' must hold the 32 bytes of a SHA-256 digest.")
}

/** Node signs messages, not digests, hence the other library; DER is what the service returns. */
function signDigest(pem: string, digest: Buffer): Buffer {
  const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' })
  return Buffer.from(p256.sign(digest, Buffer.from(d, 'base64url'), { prehash: false, format: 'der' }))
}

export const asymmetricSign = read((request: SignRequest, { state }): Signed => {
  const digest = readDigest(request)
  const bySender = request.digest === null ? Buffer.alloc(0) : digest
  const verifiedDigestCrc32c = verifyChecksum(request.digestCrc32c, bySender, 'digest')
  const verifiedDataCrc32c = verifyChecksum(request.dataCrc32c, request.data, 'data')
  const found = findVersion(state, request.name)
  requirePurpose(found.key, 'ASYMMETRIC_SIGN', found.name)
  const signature = signDigest(requireEnabled(found), digest)
  return {
    name: found.name,
    signature,
    signatureCrc32c: checksumOf(signature),
    verifiedDigestCrc32c,
    verifiedDataCrc32c,
    protectionLevel: found.key.protectionLevel,
  }
})

type PublicKeyRequest = { name: string; publicKeyFormat: string }

export const getPublicKey = read(({ name, publicKeyFormat }: PublicKeyRequest, { state }): PublicKey => {
  if (publicKeyFormat !== 'PUBLIC_KEY_FORMAT_UNSPECIFIED' && publicKeyFormat !== 'PEM') {
    throw notEmulated(`The public key format ${publicKeyFormat}`)
  }
  const found = findVersion(state, name)
  requirePurpose(found.key, 'ASYMMETRIC_SIGN', found.name)
  const pem = createPublicKey(requireEnabled(found)).export({ type: 'spki', format: 'pem' }).toString()
  const data = Buffer.from(pem)
  return {
    name: found.name,
    pem,
    pemCrc32c: checksumOf(data),
    algorithm: found.key.algorithm,
    protectionLevel: found.key.protectionLevel,
    publicKeyFormat: 'PEM',
    publicKey: { data, crc32cChecksum: checksumOf(data) },
  }
})

/** Which methods of the key service are emulated. */
import type { OperationTable } from '../server/operation.ts'
import { decrypt, encrypt } from './crypto/encrypt-decrypt.ts'
import { asymmetricSign, getPublicKey } from './crypto/signing.ts'
import {
  createCryptoKey,
  getCryptoKey,
  listCryptoKeys,
  updateCryptoKey,
  updateCryptoKeyPrimaryVersion,
} from './keys/crypto-keys.ts'
import { createKeyRing, getKeyRing, listKeyRings } from './keys/key-rings.ts'
import {
  createCryptoKeyVersion,
  destroyCryptoKeyVersion,
  getCryptoKeyVersion,
  listCryptoKeyVersions,
  restoreCryptoKeyVersion,
  updateCryptoKeyVersion,
} from './keys/versions.ts'

export const kmsOperations = {
  createKeyRing,
  getKeyRing,
  listKeyRings,
  createCryptoKey,
  getCryptoKey,
  listCryptoKeys,
  updateCryptoKey,
  updateCryptoKeyPrimaryVersion,
  createCryptoKeyVersion,
  getCryptoKeyVersion,
  listCryptoKeyVersions,
  updateCryptoKeyVersion,
  destroyCryptoKeyVersion,
  restoreCryptoKeyVersion,
  encrypt,
  decrypt,
  asymmetricSign,
  getPublicKey,
} satisfies OperationTable

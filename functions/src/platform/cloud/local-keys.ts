// The keys that Terraform makes in the cloud, made on a laptop at the first call.
import type { KeyManagementServiceClient } from '@google-cloud/kms'
import type { CallOptions, CloudCall } from './call.ts'

const alreadyExists = 6

const made = async (call: CloudCall, create: (options: CallOptions) => Promise<unknown>): Promise<void> => {
  try {
    await call(create)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === alreadyExists)) throw error
  }
}

export const makeLocalKeys = async (
  client: KeyManagementServiceClient,
  keyRing: string,
  call: CloudCall,
): Promise<void> => {
  const [parent = '', keyRingId = ''] = keyRing.split('/keyRings/')
  await made(call, (options) => client.createKeyRing({ parent, keyRingId }, options))
  const envelope = { purpose: 'ENCRYPT_DECRYPT' } as const
  for (const cryptoKeyId of ['envelope', 'webhooks'])
    await made(call, (options) =>
      client.createCryptoKey({ parent: keyRing, cryptoKeyId, cryptoKey: envelope }, options),
    )
  const seal = { purpose: 'ASYMMETRIC_SIGN', versionTemplate: { algorithm: 'EC_SIGN_P256_SHA256' } } as const
  // The ring makes its own versions: one that nobody asked for would be adopted as a standby.
  const request = { parent: keyRing, cryptoKeyId: 'seal', cryptoKey: seal, skipInitialVersionCreation: true }
  await made(call, (options) => client.createCryptoKey(request, options))
}

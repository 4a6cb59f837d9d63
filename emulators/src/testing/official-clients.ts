/** For tests: emulators on free ports, the official clients pointed at them unchanged, and a clock that stands still. */
import { KeyManagementServiceClient } from '@google-cloud/kms'
import { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import { status } from '@grpc/grpc-js'
import { clientOptions } from '../client-options.ts'
import { type EmulatorOptions, type Emulators, startEmulators } from '../start.ts'

export type Clients = { readonly kms: KeyManagementServiceClient; readonly secrets: SecretManagerServiceClient }

export type TestEmulators = Clients & {
  readonly emulators: Emulators
  readonly clock: { nowMs: number }
  stop(): Promise<void>
}

export const PROJECT = 'projects/demo-test'
export const LOCATION = `${PROJECT}/locations/europe-west6`
export const DAY_MS = 86_400_000

/** The clients repeat many calls that ended in UNAVAILABLE; with this each call arrives once. */
export const NO_RETRY = { retry: null }

// Otherwise the clients ask the network, at their first call, whether this is a machine of the cloud.
process.env['METADATA_SERVER_DETECTION'] = 'none'

export function connect(port: number): Clients {
  const options = clientOptions({ projectId: 'demo-test', port })
  return { kms: new KeyManagementServiceClient(options), secrets: new SecretManagerServiceClient(options) }
}

export async function startWithClients(options: EmulatorOptions = {}): Promise<TestEmulators> {
  const clock = { nowMs: Date.UTC(2026, 0, 1) }
  const emulators = await startEmulators({ now: () => clock.nowMs, ...options })
  const clients = connect(emulators.port)
  async function stop(): Promise<void> {
    await Promise.all([clients.kms.close(), clients.secrets.close()])
    await emulators.stop()
  }
  return { ...clients, emulators, clock, stop }
}

/** @returns "CODE: sentence" of a call that must be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'details' in error) {
      return `${status[Number(error.code)]}: ${error.details}`
    }
    throw error
  }
  throw new Error('The call was answered, but a refusal was expected.')
}

export async function createSymmetricKey(kms: KeyManagementServiceClient, id: string): Promise<string> {
  return createKey(kms, id, { purpose: 'ENCRYPT_DECRYPT' as const })
}

export async function createSigningKey(kms: KeyManagementServiceClient, id: string): Promise<string> {
  const versionTemplate = { algorithm: 'EC_SIGN_P256_SHA256' as const }
  return createKey(kms, id, { purpose: 'ASYMMETRIC_SIGN' as const, versionTemplate })
}

type KeyToCreate = NonNullable<Parameters<KeyManagementServiceClient['createCryptoKey']>[0]>['cryptoKey']

/** On a ring of its own, which is named after the key. @returns the key's name. */
export async function createKey(kms: KeyManagementServiceClient, id: string, cryptoKey: KeyToCreate): Promise<string> {
  await kms.createKeyRing({ parent: LOCATION, keyRingId: id })
  const parent = `${LOCATION}/keyRings/${id}`
  const [key] = await kms.createCryptoKey({ parent, cryptoKeyId: id, cryptoKey: cryptoKey ?? {} })
  return key.name ?? ''
}

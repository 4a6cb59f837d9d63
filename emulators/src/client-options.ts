/** Points the official clients at a running emulator. */
import { createRequire } from 'node:module'
import type { ChannelCredentials, credentials } from '@grpc/grpc-js'
import { LOOPBACK } from './server/listen.ts'

export type ClientOptions = {
  readonly projectId: string
  readonly apiEndpoint: string
  readonly port: number
  readonly sslCreds: ChannelCredentials
}

/** The clients refuse credentials that come from another installed copy of the gRPC library than their own. */
function insecureCredentials(): ChannelCredentials {
  const fromHere = createRequire(import.meta.url)
  const fromClients = createRequire(fromHere.resolve('@google-cloud/kms'))
  // Untyped by nature: the module is found at run time, next to the client.
  const { grpc }: { grpc: { credentials: typeof credentials } } = fromClients('google-gax')
  return grpc.credentials.createInsecure()
}

/**
 * What `new KeyManagementServiceClient(…)` and `new SecretManagerServiceClient(…)` take.
 *
 * @example
 * const kms = new KeyManagementServiceClient(clientOptions({ projectId: 'demo-app', port: 9010 }))
 */
export const clientOptions = ({ projectId, port }: { projectId: string; port: number }): ClientOptions => ({
  projectId,
  apiEndpoint: LOOPBACK,
  port,
  sslCreds: insecureCredentials(),
})

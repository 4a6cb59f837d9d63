// Where the official clients of KMS and Secret Manager connect to: the cloud by their own defaults, a laptop's servers by an address.
import { createRequire } from 'node:module'
import type { KeyManagementServiceClient } from '@google-cloud/kms'
import { StoreError } from '../store/store-error.ts'

export type ClientOptions = NonNullable<ConstructorParameters<typeof KeyManagementServiceClient>[0]>

export interface CloudSettings {
  readonly projectId: string
  readonly local: boolean
  /** `host:port` of the local servers. */
  readonly kmsEndpoint: string | undefined
}

/** A local project without local servers has no keys at all: it never asks the cloud. */
export const clientOptions = ({ projectId, local, kmsEndpoint }: CloudSettings): ClientOptions => {
  if (!local) return { projectId }
  const [apiEndpoint, port] = (kmsEndpoint ?? '').split(':')
  if (apiEndpoint === undefined || apiEndpoint === '' || port === undefined)
    throw new StoreError('unavailable', 'LK_KMS_ENDPOINT names no local KMS')
  return { projectId, apiEndpoint, port: Number(port), sslCreds: withoutTls() }
}

/** The clients take credentials only from the copy of the gRPC library that they load themselves. */
const withoutTls = (): NonNullable<ClientOptions['sslCreds']> => {
  const fromHere = createRequire(import.meta.url)
  const fromClient = createRequire(fromHere.resolve('@google-cloud/kms'))
  // Untyped by nature: the module is found at run time, next to the client.
  const { grpc }: { grpc: { credentials: { createInsecure: () => NonNullable<ClientOptions['sslCreds']> } } } =
    fromClient('google-gax')
  return grpc.credentials.createInsecure()
}

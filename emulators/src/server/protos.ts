/** The services' definitions, taken from the protos that the official clients ship, so that both ends always agree. */
import { createRequire } from 'node:module'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON, type Options } from '@grpc/proto-loader'

/** Decides the shape of every decoded request: absent messages are null, scalars have defaults, int64 is a string. */
const OPTIONS: Options = { longs: String, enums: String, bytes: Buffer, defaults: true, oneofs: true }

const require = createRequire(import.meta.url)

function load(file: string, service: string): ServiceDefinition {
  const definition = fromJSON(require(file), OPTIONS)[service]
  if (definition === undefined || 'format' in definition) throw new Error(`${file} does not define ${service}.`)
  return definition
}

/** Parsed once: the definitions are large and never change. */
export const kmsService = load('@google-cloud/kms/build/protos/protos.json', 'google.cloud.kms.v1.KeyManagementService')

export const secretManagerService = load(
  '@google-cloud/secret-manager/build/protos/protos.json',
  'google.cloud.secretmanager.v1.SecretManagerService',
)

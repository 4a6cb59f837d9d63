/** Reads what a caller asks of a secret, and refuses what the emulator would have to pretend. */
import { invalidArgument, notEmulated } from '../wire/status.ts'

type Encryption = { readonly customerManagedEncryption: object | null }
type Replica = Encryption & { readonly location: string }

/** The members outside the emulated ones are null, empty or absent when the caller did not set them. */
export type RequestedSecret = {
  readonly name: string
  readonly etag: string
  readonly labels: Record<string, string>
  readonly versionAliases: Record<string, string>
  readonly replication: {
    readonly automatic?: Encryption
    readonly userManaged?: { readonly replicas: readonly Replica[] }
  } | null
  readonly topics: readonly object[]
  readonly annotations: Record<string, string>
  readonly tags: Record<string, string>
  readonly rotation: object | null
  readonly versionDestroyTtl: object | null
  readonly customerManagedEncryption: object | null
  readonly expireTime?: object
  readonly ttl?: object
}

function refuseNotEmulated(requested: RequestedSecret): void {
  const { topics, annotations, tags, rotation, versionDestroyTtl, customerManagedEncryption, expireTime, ttl } =
    requested
  const asked = Object.entries({ rotation, versionDestroyTtl, customerManagedEncryption, expireTime, ttl })
    .filter(([, value]) => value)
    .concat(Object.entries({ topics, annotations, tags }).filter(([, value]) => Object.keys(value).length > 0))
  if (asked[0] !== undefined) throw notEmulated(`The field '${asked[0][0]}' of a secret`)
}

/** @returns the chosen locations, or null for automatic replication. */
function readReplication({ replication }: RequestedSecret): string[] | null {
  const replicas = replication?.userManaged?.replicas ?? []
  if ([replication?.automatic, ...replicas].some((one) => one?.customerManagedEncryption)) {
    throw notEmulated('Customer managed encryption')
  }
  if (replication?.automatic) return null
  if (replicas.length === 0) throw invalidArgument("The field 'secret.replication' is required.")
  return replicas.map(({ location }) => location)
}

/** Checks a new secret. @returns where its replicas are to be. */
export function readNewSecret(requested: RequestedSecret | null): {
  secret: RequestedSecret
  replicas: string[] | null
} {
  if (requested === null) throw invalidArgument("The field 'secret' is required.")
  refuseNotEmulated(requested)
  return { secret: requested, replicas: readReplication(requested) }
}

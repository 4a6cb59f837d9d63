// What a deployed function needs to come alive: settings known at discovery, and everything else at its first request.
import type { Request } from 'firebase-functions/https'
import type { Config } from '../../platform/config.ts'
import type { GuardDependencies } from '../dependencies.ts'

export interface Booted {
  readonly config: Config
  readonly guard: GuardDependencies
}

export interface Running {
  readonly appOrigins: readonly string[]
  /** App Check has no emulator, so it is asked for by a setting of the cloud and never locally. */
  readonly enforceAppCheck: boolean
  /** Reads the configuration and connects, once an instance; rejects when the environment is unsafe. */
  readonly boot: () => Promise<Booted>
}

/** Every value of a header as it was sent: Node keeps only the first of some, which is how two proxies come to disagree. */
export const headerValues = (request: Request, name: string): readonly string[] =>
  request.rawHeaders.flatMap((header, index) =>
    index % 2 === 0 && header.toLowerCase() === name ? [request.rawHeaders[index + 1] ?? ''] : [],
  )

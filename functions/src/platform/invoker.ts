// Who may call a background function: Google's scheduler with its OIDC token, or beside the emulators our own start script.
import type { Config } from './config.ts'
import { accountOf } from './own-account.ts'
import { sameDigest, sha256 } from './seal.ts'

export type InvokerCheck = (authorization: string | undefined) => Promise<boolean>

const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer ([^\s,]+)$/.exec(authorization ?? '')?.[1]

/** Headers such as X-CloudScheduler-* are never trusted by themselves (CATALOGUE C-154, T-27). */
export const invokerCheck = (config: Config): InvokerCheck => (config.local ? localCheck(config) : oidcCheck(config))

const localCheck =
  (config: Config): InvokerCheck =>
  async (authorization) => {
    const token = bearerOf(authorization)
    return (
      token !== undefined && config.invokerToken !== undefined && sameDigest(sha256(token), sha256(config.invokerToken))
    )
  }

export interface Claims {
  readonly aud: string
  readonly email?: string | undefined
  readonly email_verified?: boolean | undefined
}

/**
 * The firebase CLI makes each schedule call its function as the function's own service account, with the address of its service as
 * audience: `https://<service>-<something>.run.app`. Nobody else can have a token of that account.
 */
export const isOwnSchedule = (
  { aud, email, email_verified }: Claims,
  { functionName, serviceName, projectId }: Pick<Config, 'functionName' | 'serviceName' | 'projectId'>,
): boolean => {
  if (functionName === undefined || serviceName === undefined || !/^[a-z0-9-]+$/.test(serviceName)) return false
  const own = new RegExp(`^https://${serviceName}-[a-z0-9]+(-[a-z0-9]+)?(\\.[a-z0-9-]+)?\\.(a\\.)?run\\.app/?$`)
  return (
    email === `${accountOf(functionName)}@${projectId}.iam.gserviceaccount.com` &&
    email_verified === true &&
    own.test(aud)
  )
}

const oidcCheck =
  (config: Config): InvokerCheck =>
  async (authorization) => {
    const idToken = bearerOf(authorization)
    if (idToken === undefined) return false
    const { OAuth2Client } = await import('google-auth-library') // only background functions pay for it
    try {
      // Its audience is judged below, where the function's own name is known.
      const ticket = await new OAuth2Client().verifyIdToken({ idToken })
      const claims = ticket.getPayload()
      return claims !== undefined && isOwnSchedule(claims, config)
    } catch {
      return false
    }
  }

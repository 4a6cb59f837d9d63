// Who may call a background function: Google's scheduler with its OIDC token, or beside the emulators our own start script.
import type { Config } from './config.ts'
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

const oidcCheck =
  (config: Config): InvokerCheck =>
  async (authorization) => {
    const idToken = bearerOf(authorization)
    if (idToken === undefined || config.invokerEmail === undefined || config.invokerAudience === undefined) return false
    const { OAuth2Client } = await import('google-auth-library') // only background functions pay for it
    try {
      const ticket = await new OAuth2Client().verifyIdToken({ idToken, audience: config.invokerAudience })
      const claims = ticket.getPayload()
      return claims?.email === config.invokerEmail && claims.email_verified === true
    } catch {
      return false
    }
  }

// Everything that is set from outside, read once at boot; a setting that could weaken a real deployment stops it from starting.
import { readScannerKeys, type ScannerKey } from './signed-body.ts'

export interface Config {
  readonly projectId: string
  /** True on a laptop or in tests: a `demo-` project with emulators. Never true in the cloud. */
  readonly local: boolean
  /** Origins whose pages may call the callables from a browser. */
  readonly appOrigins: readonly string[]
  /** The `iss` of tokens and the base of links; never taken from a request (CATALOGUE I-06). */
  readonly issuer: string
  /** What our own API is called in the `aud` of access tokens: below the issuer, and nothing that anybody else is called. */
  readonly apiAudience: string
  /** The origin of the function `authz`, as its own metadata names it; the issuer's when it is served there. */
  readonly authzOrigin: string
  /** How many proxies of ours stand before a function; the client address is that many from the right (DESIGN.md §5). */
  readonly trustedHops: number
  /** The same for callables, which browsers reach without the load balancer: in the cloud Google's own front end is one. */
  readonly callableHops: number
  /** Locally, what stands in for Google's OIDC token of schedules and push deliveries. */
  readonly invokerToken: string | undefined
  /** In the cloud, the function that this instance serves and the service that it is: its schedule's OIDC token names both. */
  readonly functionName: string | undefined
  readonly serviceName: string | undefined
  /** Locally, a file with an offset in milliseconds: tests and demos live tomorrow. */
  readonly clockFile: string | undefined
  /** The key ring of Cloud KMS that holds `envelope`, `webhooks` and `seal`; without a setting `latchkey` beside the functions. */
  readonly kmsKeyRing: string
  /** Locally, `host:port` of the servers that stand in for Cloud KMS and Secret Manager. */
  readonly kmsEndpoint: string | undefined
  /** The bucket with a retention lock in which seals of the audit log are kept once more; without a setting named after the project. */
  readonly anchorBucket: string
  /** Locally, a folder in its place. */
  readonly anchorFolder: string | undefined
  /** Whose reports of leaked secrets are believed; nobody's without a setting. Never fetched from anywhere that a request names. */
  readonly scannerKeys: readonly ScannerKey[]
  /** Locally, `host:port` of receivers that webhooks may reach although they are on this machine. */
  readonly webhookAllow: readonly string[]
  /** Where mails are handed in; without a setting none are sent, and people see their notifications in their lists only. */
  readonly mail: MailConfig | undefined
}

export interface MailConfig {
  readonly host: string
  readonly port: number
  /** The mailbox that mails come from. */
  readonly from: string
  /** What the provider allows in a day, for the whole project. */
  readonly perDay: number
  /** Where people choose what they hear of. */
  readonly preferencesUrl: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Settings that only make sense beside emulators. */
const emulatorSetting =
  /_EMULATOR_HOST$|^(FUNCTIONS_EMULATOR|FIREBASE_EMULATOR_HUB|LK_CLOCK_FILE|LK_KMS_ENDPOINT|LK_INVOKER_TOKEN|LK_WEBHOOK_ALLOW|LK_ANCHOR_FOLDER)$/

const minimumSecretLength = 32
const exampleSecret = /^(secret|changeme|change-me|example|default|password|test)|^(.)\2*$/i

const projectOf = (env: Environment): string => {
  const fromFirebase = /"projectId"\s*:\s*"([^"]+)"/.exec(env['FIREBASE_CONFIG'] ?? '')?.[1]
  const projectId = env['GCLOUD_PROJECT'] ?? env['GOOGLE_CLOUD_PROJECT'] ?? fromFirebase
  if (projectId === undefined || projectId === '') throw new Error('No project: set GCLOUD_PROJECT.')
  return projectId
}

/** Only a `demo-` project is local, and it is always local: no real project can be given emulators, no demo real services. */
const refuseMixedWorlds = (env: Environment, local: boolean): void => {
  const set = Object.keys(env).filter((name) => emulatorSetting.test(name) && (env[name] ?? '') !== '')
  if (!local && set.length > 0) {
    throw new Error(`Refusing to start: ${set.join(', ')} is set, but the project is not a demo- project.`)
  }
  if (local && (env['FIRESTORE_EMULATOR_HOST'] ?? '') === '') {
    throw new Error('Refusing to start: a demo- project needs FIRESTORE_EMULATOR_HOST.')
  }
  if (env['K_SERVICE'] !== undefined && set.length > 0 && env['FUNCTIONS_EMULATOR'] !== 'true') {
    throw new Error(`Refusing to start: ${set.join(', ')} is set inside Cloud Run.`)
  }
}

/** Refuses a secret that is short, repeated or taken from an example (CATALOGUE I-20). */
const secretOf = (env: Environment, name: string): string | undefined => {
  const value = env[name]
  if (value === undefined || value === '') return undefined
  if (value.length < minimumSecretLength || exampleSecret.test(value)) {
    throw new Error(
      `Refusing to start: ${name} is too short or an example; use at least ${minimumSecretLength} random characters.`,
    )
  }
  return value
}

/** A real project names its own: a token by a made-up issuer would be believed by nobody, or by the wrong one. */
const issuerOf = (env: Environment, projectId: string, local: boolean): string => {
  const issuer = env['LK_ISSUER'] ?? (local ? `http://id.${projectId}.localhost` : '')
  if (local || /^https:\/\/[a-z0-9.-]+$/.test(issuer)) return issuer
  throw new Error('Refusing to start: LK_ISSUER must be the https origin that signs people in.')
}

const authzOriginOf = (env: Environment, projectId: string, local: boolean): string => {
  const origin = env['LK_AUTHZ_ORIGIN'] ?? issuerOf(env, projectId, local)
  if (local || /^https:\/\/[a-z0-9.-]+$/.test(origin)) return origin
  throw new Error('Refusing to start: LK_AUTHZ_ORIGIN must be the https origin of the function `authz`.')
}

const keyRingOf = (env: Environment, projectId: string): string => {
  const ring = env['LK_KMS_KEY_RING'] ?? `projects/${projectId}/locations/us-central1/keyRings/latchkey`
  if (/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[\w-]+$/.test(ring)) return ring
  throw new Error('Refusing to start: LK_KMS_KEY_RING must be `projects/…/locations/…/keyRings/…`.')
}

/** Hosts and mailboxes of a setting end up in headers. */
const mailHost = /^[A-Za-z0-9.-]+$/
const mailbox = /^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$/

const mailOf = (env: Environment, projectId: string, local: boolean): MailConfig | undefined => {
  const host = env['LK_SMTP_HOST'] ?? ''
  if (host === '') return undefined
  const [port, perDay] = [Number(env['LK_SMTP_PORT'] ?? '587'), Number(env['LK_MAILS_PER_DAY'] ?? '10000')]
  const from = env['LK_MAIL_FROM'] ?? (local ? 'latchkey@latchkey.example' : '')
  if (!mailHost.test(host) || !mailbox.test(from) || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error('Refusing to start: LK_SMTP_HOST needs LK_SMTP_PORT, and a mailbox in LK_MAIL_FROM.')
  if (!Number.isInteger(perDay) || perDay < 1) throw new Error('LK_MAILS_PER_DAY must be a whole number above 0.')
  const app = listOf(env['LK_APP_ORIGINS'])[0] ?? issuerOf(env, projectId, local)
  return { host, port, from, perDay, preferencesUrl: `${app}/notifications` }
}

const anchorBucketOf = (env: Environment, projectId: string): string => {
  const bucket = env['LK_ANCHOR_BUCKET'] ?? `${projectId}-audit-anchors`
  if (/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(bucket)) return bucket
  throw new Error('Refusing to start: LK_ANCHOR_BUCKET must be the name of a bucket.')
}

/** What would let customers' calls into a network is refused in the cloud, with the other emulator settings. */
const webhookAllowOf = (env: Environment): readonly string[] => {
  const allowed = listOf(env['LK_WEBHOOK_ALLOW'])
  if (allowed.every((one) => /^[a-z0-9.-]+:[0-9]{2,5}$/.test(one))) return allowed
  throw new Error('Refusing to start: LK_WEBHOOK_ALLOW must be `host:port`, parted by commas.')
}

const hopsOf = (env: Environment, name: string, usual: string): number => {
  const hops = Number(env[name] ?? usual)
  if (Number.isInteger(hops) && hops >= 0 && hops <= 5) return hops
  throw new Error(`${name} must be a whole number from 0 to 5.`)
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))

/** Throws one clear sentence when the environment is unsafe or incomplete. */
export const readConfig = (env: Environment): Config => {
  const projectId = projectOf(env)
  const local = projectId.startsWith('demo-')
  refuseMixedWorlds(env, local)
  // In a real project somebody must have counted: a wrong guess would let clients choose their own address.
  const trustedHops = hopsOf(env, 'LK_TRUSTED_HOPS', local ? '0' : 'unset')
  const callableHops = hopsOf(env, 'LK_CALLABLE_HOPS', local ? String(trustedHops) : '1')
  return {
    projectId,
    local,
    trustedHops,
    callableHops,
    appOrigins: listOf(env['LK_APP_ORIGINS']),
    issuer: issuerOf(env, projectId, local),
    apiAudience: `${issuerOf(env, projectId, local)}/api`,
    authzOrigin: authzOriginOf(env, projectId, local),
    invokerToken: secretOf(env, 'LK_INVOKER_TOKEN'),
    functionName: env['FUNCTION_TARGET'],
    serviceName: env['K_SERVICE'],
    clockFile: env['LK_CLOCK_FILE'],
    kmsKeyRing: keyRingOf(env, projectId),
    kmsEndpoint: env['LK_KMS_ENDPOINT'],
    anchorBucket: anchorBucketOf(env, projectId),
    anchorFolder: env['LK_ANCHOR_FOLDER'],
    scannerKeys: readScannerKeys(env['LK_SCANNER_KEYS']),
    webhookAllow: webhookAllowOf(env),
    mail: mailOf(env, projectId, local),
  }
}

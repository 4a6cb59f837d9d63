// What a service says of itself, checked when it starts and not at its first request.
import { type Clocks, systemClocks } from './clocks.ts'
import type { Fetch } from './facts/transport.ts'

export interface LatchkeyOptions {
  /** The function `authz`, as in `https://authz.example.com`. */
  readonly url: string
  /** The API key of this service's own service account; a function when it is rotated without a restart. */
  readonly credential: string | (() => string)
  /** Who signs access tokens. Without it they are refused. */
  readonly issuer?: string
  /** What this service calls itself in access tokens; needed with `issuer`. */
  readonly audience?: string | readonly string[]
  /** Where the issuer's keys are; `/.well-known/jwks.json` of the issuer when absent. */
  readonly keysUrl?: string
  /** The Firebase project whose sign-ins count. Without it ID tokens are refused. */
  readonly firebaseProject?: string
  /** Beside the emulator, for projects named `demo-…` only: its ID tokens carry no signature. */
  readonly firebaseEmulator?: 'unsigned tokens'
  /** Listen to changes, so that what was loaded is believed for longer than four seconds. On unless said otherwise. */
  readonly feed?: boolean
  /** Report uses, denials and differences, and keep to rate plans. On unless said otherwise. */
  readonly usage?: boolean
  /** What else reaches the network; the platform's own when absent. */
  readonly fetch?: Fetch
  /** For tests. */
  readonly clocks?: Clocks
}

export interface Settings {
  readonly url: string
  readonly credential: () => string
  readonly access:
    | { readonly issuer: string; readonly audiences: readonly string[]; readonly keysUrl: string }
    | undefined
  readonly firebase: { readonly project: string; readonly unsigned: boolean } | undefined
  readonly feed: boolean
  readonly usage: boolean
  readonly fetch: Fetch
  readonly clocks: Clocks
}

/** Throws one clear sentence when something is missing or unsafe. */
export const readOptions = (options: LatchkeyOptions): Settings => {
  const { credential, feed = true, usage = true, clocks = systemClocks() } = options
  return {
    url: originOf(options.url, 'url'),
    credential: credentialOf(credential),
    access: accessOf(options),
    firebase: firebaseOf(options),
    // Looked up at each call, so that whoever instruments `fetch` later is heard, too.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    feed,
    usage,
    clocks,
  }
}

/** What comes from the environment may be missing, whatever its type says here. */
const credentialOf = (credential: LatchkeyOptions['credential'] | undefined): (() => string) => {
  if (typeof credential === 'function') return credential
  if (credential === undefined || credential === '') throw new Error('Latchkey: `credential` is missing.')
  return () => credential
}

const local = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?(\/|$)/

const originOf = (text: string, what: string): string => {
  if (!URL.canParse(text) || !(text.startsWith('https://') || local.test(text))) {
    throw new Error(`Latchkey: \`${what}\` must be an https URL (http only on this machine).`)
  }
  return text.replace(/\/+$/, '')
}

const accessOf = ({ issuer, audience, keysUrl }: LatchkeyOptions): Settings['access'] => {
  if (issuer === undefined) return undefined
  const audiences = (typeof audience === 'string' ? [audience] : (audience ?? [])).filter((one) => one !== '')
  if (audiences.length === 0)
    throw new Error('Latchkey: with `issuer`, say in `audience` what this service calls itself.')
  return { issuer, audiences, keysUrl: originOf(keysUrl ?? `${issuer}/.well-known/jwks.json`, 'keysUrl') }
}

const firebaseOf = ({ firebaseProject, firebaseEmulator }: LatchkeyOptions): Settings['firebase'] => {
  const unsigned = firebaseEmulator === 'unsigned tokens'
  if (!unsigned && firebaseEmulator !== undefined) {
    throw new Error('Latchkey: `firebaseEmulator` says in so many words `unsigned tokens`, or nothing.')
  }
  if (unsigned && firebaseProject?.startsWith('demo-') !== true) {
    throw new Error('Latchkey: `firebaseEmulator` is for projects named `demo-…` only.')
  }
  return firebaseProject === undefined ? undefined : { project: firebaseProject, unsigned }
}

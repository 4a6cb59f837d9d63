// What `authenticate` and `require` throw: Latchkey's own code with everything that an HTTP answer needs (DESIGN.md §9).
import { type ErrorCode, errorTable, type IamError } from '@latchkey/core/kernel/errors'

const documentation = 'https://docs.latchkey.example/errors/'

/** A refusal, or the plain word that it could not be decided (`unavailable`, 503): never an allow. */
export class LatchkeyRefusal extends Error {
  readonly code: ErrorCode
  /** The HTTP status. */
  readonly status: number
  /** Permissions or scopes that are missing. */
  readonly missing: readonly string[]
  readonly retryAfterSeconds: number | undefined
  /** For the log only. */
  readonly reason: string | undefined
  readonly #error: IamError
  constructor(error: IamError) {
    const { http, sentence } = errorTable[error.code]
    super(sentence)
    this.name = 'LatchkeyRefusal'
    this.code = error.code
    this.status = http
    this.missing = error.missing ?? []
    this.retryAfterSeconds = error.retryAfterSeconds
    this.reason = error.internal
    this.#error = error
  }

  /** `WWW-Authenticate` (RFC 6750 §3, RFC 9470 §3), `Retry-After`, and that nobody keeps the answer. */
  get headers(): Readonly<Record<string, string>> {
    const { code, requiredAcr } = this.#error
    const challenge = this.status === 401 || code === 'insufficient_scope'
    const acr = requiredAcr === undefined ? '' : `, acr_values="${requiredAcr}"`
    return {
      'cache-control': 'private, no-store',
      'content-type': 'application/problem+json',
      ...(challenge ? { 'www-authenticate': `Bearer error="${code}"${acr}` } : {}),
      ...(this.retryAfterSeconds === undefined ? {} : { 'retry-after': String(this.retryAfterSeconds) }),
    }
  }

  /** RFC 9457. */
  get body(): Readonly<Record<string, unknown>> {
    const { internal: _internal, ...facts } = this.#error
    return { type: documentation + this.code, title: this.message, status: this.status, ...facts }
  }

  /** @example catch (error) { if (error instanceof LatchkeyRefusal) return error.toResponse(); throw error } */
  toResponse(): Response {
    return new Response(JSON.stringify(this.body), { status: this.status, headers: this.headers })
  }
}

export const refused = (code: ErrorCode, facts: Omit<IamError, 'code'> = {}): LatchkeyRefusal =>
  new LatchkeyRefusal({ code, ...facts })

/** Not known is not the same as not allowed. */
export const unavailable = (reason: string): LatchkeyRefusal =>
  refused('unavailable', { retryAfterSeconds: 2, internal: reason })

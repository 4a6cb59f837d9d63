// The client's address as the web server tells it, unless that is whatever the client wrote.

/** What Express's own requests have; those of Fastify have no `app`. */
export interface Addressed {
  readonly ip?: string | undefined
  readonly app?: { readonly get: (setting: string) => unknown } | undefined
}

/** With a `trust proxy` of `true` no hops are counted, and `ip` is the first of what the client itself has sent. */
export const addressOf = ({ app, ip }: Addressed): string | undefined =>
  app?.get('trust proxy') === true ? undefined : ip

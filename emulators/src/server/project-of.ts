/** Refuses calls about projects that this emulator was not started for, as a caller without permission would be. */
import { StatusError } from '../wire/status.ts'

type Named = { readonly name?: string }

/** The places where the requests of both services name what they are about. */
export type Addressed = Named & {
  readonly parent?: string
  readonly cryptoKey?: Named | null
  readonly cryptoKeyVersion?: Named | null
  readonly secret?: Named | null
}

function resourceIn(request: Addressed): string {
  const { parent, name, cryptoKey, cryptoKeyVersion, secret } = request
  return parent || name || cryptoKey?.name || cryptoKeyVersion?.name || secret?.name || ''
}

/** Names that are not names at all pass: the operation itself explains what is wrong with them. */
export function requireKnownProject(request: Addressed, projectIds: readonly string[] | undefined): void {
  const project = /^projects\/([^/]+)/.exec(resourceIn(request))?.[1]
  if (projectIds === undefined || project === undefined || projectIds.includes(project)) return
  throw new StatusError(
    'PERMISSION_DENIED',
    `Permission denied on resource 'projects/${project}' (or it may not exist). Emulated: ${projectIds.join(', ')}.`,
  )
}

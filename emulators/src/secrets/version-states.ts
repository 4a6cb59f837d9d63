/** The states of a secret version: enable, disable, destroy. */
import { write } from '../server/operation.ts'
import type { EmulatorState } from '../state/emulator-state.ts'
import { failedPrecondition } from '../wire/status.ts'
import { drawEtag, requireEtag } from './etag.ts'
import { findVersion } from './find.ts'
import { renderVersion } from './render.ts'
import type { SecretVersion } from './state.ts'

type StateRequest = { name: string; etag: string }

/** Nothing leaves DESTROYED; otherwise asking for the present state succeeds and still draws a new etag. */
function change(state: EmulatorState, request: StateRequest, apply: (version: SecretVersion) => void) {
  const { secret, version, name } = findVersion(state, request.name)
  requireEtag(version, request.etag, name)
  if (version.state === 'DESTROYED') throw failedPrecondition(`Secret Version [${name}] is in DESTROYED state.`)
  apply(version)
  version.etag = drawEtag(state)
  return renderVersion(secret, version)
}

export const enableSecretVersion = write((request: StateRequest, { state }) =>
  change(state, request, (version) => {
    version.state = 'ENABLED'
  }),
)

export const disableSecretVersion = write((request: StateRequest, { state }) =>
  change(state, request, (version) => {
    version.state = 'DISABLED'
  }),
)

export const destroySecretVersion = write((request: StateRequest, { state, nowMs }) =>
  change(state, request, (version) => {
    version.state = 'DESTROYED'
    version.destroyedAtMs = nowMs
    version.payload = null
  }),
)

/** Etags: drawn anew by every change of a resource, also by one that changes nothing else. */
import type { EmulatorState } from '../state/emulator-state.ts'
import { failedPrecondition } from '../wire/status.ts'

/** The quotes belong to it (AIP-154). */
export function drawEtag(state: EmulatorState): string {
  state.revision += 1
  return `"${state.revision.toString(16).padStart(13, '0')}"`
}

/** An empty etag asks for no check. */
export function requireEtag(resource: { readonly etag: string }, expected: string, name: string): void {
  if (expected === '' || expected === resource.etag) return
  throw failedPrecondition(`The etag ${expected} of [${name}] is out of date, the current one is ${resource.etag}.`)
}

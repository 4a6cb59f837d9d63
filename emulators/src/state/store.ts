/** Runs operations on the state: a write counts only once it is saved, and what time has brought is applied first. */
import { applyDueEvents, hasDueEvents } from '../kms/due-events.ts'
import type { Operation } from '../server/operation.ts'
import type { EmulatorState } from './emulator-state.ts'
import type { StateFile } from './state-file.ts'

export type Store = { run<Request, Response>(operation: Operation<Request, Response>, request: Request): Response }

export function openStore(file: StateFile, now: () => number): Store {
  let state = file.load()

  /** On a copy, so that neither a refusal nor a full disk leaves half a change behind. */
  function commit<T>(change: (draft: EmulatorState) => T): T {
    const draft = structuredClone(state)
    const result = change(draft)
    file.save(draft)
    state = draft
    return result
  }

  return {
    run(operation, request) {
      const nowMs = now()
      if (hasDueEvents(state, nowMs)) commit((draft) => applyDueEvents(draft, nowMs))
      return operation.kind === 'read'
        ? operation.run(request, { state, nowMs })
        : commit((draft) => operation.run(request, { state: draft, nowMs }))
    },
  }
}

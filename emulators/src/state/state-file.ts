/** Loads and atomically replaces the one JSON file that holds the emulators' state. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EmulatorState, emptyState } from './emulator-state.ts'

export type StateFile = { load(): EmulatorState; save(state: EmulatorState): void }

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

function parse(path: string, text: string): EmulatorState {
  try {
    const state = JSON.parse(text)
    if (state?.format === 1) return state
  } catch {
    // Falls through to the sentence below: half a file and a foreign file are the same trouble.
  }
  throw new Error(`${path} is not a state file of these emulators. Move it away to start afresh.`)
}

function load(path: string): EmulatorState {
  try {
    return parse(path, readFileSync(path, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return emptyState()
    throw error
  }
}

/** Flushed before the rename, so that the file is always the whole old state or the whole new one. */
function replace(path: string, text: string): void {
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

/** The file is `emulators.json` in the folder, which is created; it holds private keys, hence the modes. */
export function openStateFile(stateDir: string): StateFile {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const path = join(stateDir, 'emulators.json')
  return { load: () => load(path), save: (state) => replace(path, JSON.stringify(state)) }
}

export const memoryOnly: StateFile = { load: emptyState, save: () => {} }

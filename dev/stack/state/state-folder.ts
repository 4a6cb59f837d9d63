// The folder that survives restarts: where each thing lies, and how an export replaces the older one without risking it.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '../cannot-start.ts'

/** Raise it when documents are stored in another shape: older local state could not be understood and is not guessed at. */
const storageLayout = '3'

export type StateFolder = ReturnType<typeof stateFolder>

export function stateFolder(dir: string) {
  return {
    dir,
    logs: join(dir, 'logs'),
    work: join(dir, 'work'),
    kms: join(dir, 'kms'),
    mails: join(dir, 'mails'),
    anchors: join(dir, 'anchors'),
    clock: join(dir, 'clock'),
    exported: join(dir, 'state'),
    nextExport: join(dir, 'state.next'),
    previousExport: join(dir, 'state.previous'),
    invokerToken: join(dir, 'invoker-token'),
    seeded: join(dir, 'seeded'),
    demo: join(dir, 'demo.json'),
    endpoints: join(dir, 'endpoints.json'),
    layout: join(dir, 'layout'),
  } as const
}

export function prepareStateFolder(state: StateFolder, fresh: boolean): void {
  if (fresh) rmSync(state.dir, { recursive: true, force: true })
  for (const dir of [state.dir, state.logs, state.work, state.kms]) mkdirSync(dir, { recursive: true })
  rmSync(state.endpoints, { force: true })
  // An export may be older than the seals of the run that made it: theirs would be another log.
  rmSync(state.anchors, { recursive: true, force: true })
  adoptNewestExport(state)
  if (!existsSync(state.clock)) writeFileSync(state.clock, '0\n')
  if (!existsSync(state.exported)) rmSync(state.seeded, { force: true })
  else if (layoutOf(state) !== storageLayout) throw new CannotStart(olderState)
  writeFileSync(state.layout, `${storageLayout}\n`)
}

const olderState =
  'The local state was stored by another version of Latchkey: `npm start -- --fresh` forgets it and begins anew.'

const layoutOf = (state: StateFolder): string =>
  existsSync(state.layout) ? readFileSync(state.layout, 'utf8').trim() : 'none'

/**
 * Puts the newest complete export in place. The steps are renames, and an export only counts once its metadata (which
 * the emulators write last) is there, so whatever instant the machine stops at, one complete export is found again.
 */
export function adoptNewestExport(state: StateFolder): void {
  if (isComplete(state.nextExport)) {
    rmSync(state.previousExport, { recursive: true, force: true })
    if (existsSync(state.exported)) renameSync(state.exported, state.previousExport)
    renameSync(state.nextExport, state.exported)
  }
  if (!isComplete(state.exported) && isComplete(state.previousExport)) {
    rmSync(state.exported, { recursive: true, force: true })
    renameSync(state.previousExport, state.exported)
  }
  rmSync(state.nextExport, { recursive: true, force: true })
  rmSync(state.previousExport, { recursive: true, force: true })
}

function isComplete(exportDir: string): boolean {
  return existsSync(join(exportDir, 'firebase-export-metadata.json'))
}

/** What schedules and tasks present to the functions in place of Google's signed token; random per state folder. */
export function invokerToken(state: StateFolder): string {
  if (!existsSync(state.invokerToken))
    writeFileSync(state.invokerToken, randomBytes(32).toString('base64url'), { mode: 0o600 })
  chmodSync(state.invokerToken, 0o600)
  return readFileSync(state.invokerToken, 'utf8').trim()
}

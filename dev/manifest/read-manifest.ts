// Reads the deploy manifest of a built functions folder: what the Firebase CLI would create in the cloud.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type ScheduleTrigger = { readonly schedule: string; readonly timeZone?: string | null }
export type EventTrigger = { readonly retry: boolean; readonly eventFilters?: Readonly<Record<string, string>> }
export type ManifestEndpoint = {
  readonly entryPoint: string
  readonly scheduleTrigger?: ScheduleTrigger
  readonly eventTrigger?: EventTrigger
}
export type Manifest = { readonly endpoints: Readonly<Record<string, ManifestEndpoint>> }

/** `modules` is the node_modules folder whose firebase-functions does the reading: the folder's own, or the root's. */
export async function readManifest(functionsDir: string, modules: string): Promise<Manifest> {
  const temporary = mkdtempSync(join(tmpdir(), 'lk-manifest-'))
  const output = join(temporary, 'manifest.json')
  const reader = join(modules, 'firebase-functions', 'lib', 'bin', 'firebase-functions.js')
  try {
    await promisify(execFile)(process.execPath, [reader, '.'], {
      cwd: functionsDir,
      env: {
        PATH: process.env['PATH'],
        FUNCTIONS_MANIFEST_OUTPUT_PATH: output,
        GCLOUD_PROJECT: 'demo-latchkey',
        FIREBASE_CONFIG: JSON.stringify({ projectId: 'demo-latchkey' }),
      },
    })
    return JSON.parse(readFileSync(output, 'utf8')) as Manifest
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Sorted keys and a final newline, so that a golden file differs only where the deployment does. */
export function canonicalManifest(manifest: Manifest): string {
  return `${JSON.stringify(sortKeys(manifest), undefined, 2)}\n`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(byKey)
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

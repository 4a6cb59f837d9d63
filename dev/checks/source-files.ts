// Lists the TypeScript files that are ours, so that no check can pass by not looking.
import { globSync } from 'node:fs'

export const rooms = ['core', 'functions', 'sdk', 'emulators', 'emulator-tests', 'dev'] as const

const skipped = /(^|[/\\])(node_modules|lib|stubs|\.build)([/\\]|$)/

/** Paths relative to the repository, with forward slashes, sorted. */
export function sourceFiles(repository: string): string[] {
  return globSync(`{${rooms.join(',')}}/**/*.ts`, { cwd: repository, exclude: (path) => skipped.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
}

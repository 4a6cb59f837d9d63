// Finds the newest Java 21 or later that the Firestore and Pub/Sub emulators can run on.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const minimum = 21
export const jdkMissing = `The Firestore emulator needs Java ${minimum} or later and none was found in JAVA_HOME, PATH or /usr/lib/jvm: install one (for instance Eclipse Temurin from https://adoptium.net) and set JAVA_HOME to it.`

export type Jdk = { readonly home: string; readonly major: number }

/** The major version in what `java -version` prints: `"25.0.1"` is 25, the old `"1.8.0_402"` is 8. */
export function parseJavaMajor(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match?.[1] === undefined ? undefined : Number(match[1])
}

/** JAVA_HOME wins when it is new enough, then PATH; among the system's folders the newest does. */
export function chooseJdk(preferred: readonly Jdk[], installed: readonly Jdk[]): Jdk | undefined {
  const fits = (jdk: Jdk) => jdk.major >= minimum
  return preferred.find(fits) ?? installed.filter(fits).toSorted((a, b) => b.major - a.major)[0]
}

export function findJdk(environment: NodeJS.ProcessEnv): Jdk | undefined {
  const preferred = [environment['JAVA_HOME'], javaOnPath(environment['PATH'] ?? '')].flatMap((home) => inspect(home))
  const chosen = chooseJdk(preferred, [])
  return chosen ?? chooseJdk([], systemHomes().flatMap(inspect))
}

function inspect(home: string | undefined): Jdk[] {
  if (!home || !existsSync(join(home, 'bin', 'java'))) return []
  const run = spawnSync(join(home, 'bin', 'java'), ['-version'], { encoding: 'utf8' })
  const major = parseJavaMajor(`${run.stderr}${run.stdout}`)
  return major === undefined ? [] : [{ home, major }]
}

function javaOnPath(path: string): string | undefined {
  const found = path
    .split(delimiter)
    .map((dir) => join(dir, 'java'))
    .find((file) => existsSync(file))
  return found === undefined ? undefined : dirname(dirname(realpathSync(found)))
}

function systemHomes(): string[] {
  const parent = '/usr/lib/jvm'
  if (existsSync(parent)) return readdirSync(parent).map((name) => join(parent, name))
  const apple = '/Library/Java/JavaVirtualMachines'
  return existsSync(apple) ? readdirSync(apple).map((name) => join(apple, name, 'Contents', 'Home')) : []
}

// Points the Firebase CLI at the emulators that the machine already has, so that it downloads nothing.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeLauncherJar } from './launcher-jar.ts'

type Variables = Record<string, string>

/** Order: the environment, the Cloud SDK; failing both the CLI uses its own cache, or downloads. */
export function emulatorBinaries(environment: NodeJS.ProcessEnv, workDir: string): Variables {
  const platform = cloudSdkPlatform(environment)
  return platform === undefined
    ? {}
    : { ...firestore(platform, environment, workDir), ...pubsub(platform, environment) }
}

function firestore(platform: string, environment: NodeJS.ProcessEnv, workDir: string): Variables {
  const jar = join(platform, 'cloud-firestore-emulator', 'cloud-firestore-emulator.jar')
  if (environment['FIRESTORE_EMULATOR_BINARY_PATH'] || !existsSync(jar)) return {}
  const launcher = join(workDir, 'firestore-launcher.jar')
  writeLauncherJar(launcher, jar)
  return { FIRESTORE_EMULATOR_BINARY_PATH: launcher }
}

function pubsub(platform: string, environment: NodeJS.ProcessEnv): Variables {
  const binary = join(platform, 'pubsub-emulator', 'bin', 'cloud-pubsub-emulator')
  if (environment['PUBSUB_EMULATOR_BINARY_PATH'] || !existsSync(binary)) return {}
  return { PUBSUB_EMULATOR_BINARY_PATH: binary }
}

function cloudSdkPlatform(environment: NodeJS.ProcessEnv): string | undefined {
  const roots = [environment['CLOUDSDK_ROOT_DIR'], sdkOfGcloud(), '/usr/lib/google-cloud-sdk', '/opt/google-cloud-sdk']
  const home = environment['HOME']
  if (home) roots.push(join(home, 'google-cloud-sdk'))
  return roots.flatMap((dir) => (dir ? [join(dir, 'platform')] : [])).find((dir) => existsSync(dir))
}

function sdkOfGcloud(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v gcloud'], { encoding: 'utf8' }).stdout?.trim()
  return found ? dirname(dirname(realpathSync(found))) : undefined
}

/** Finds secrets and versions, or refuses in the words of Secret Manager. */
import type { EmulatorState } from '../state/emulator-state.ts'
import { notFound, StatusError } from '../wire/status.ts'
import { requireName, splitVersionName, versionName } from './names.ts'
import type { Secret, SecretVersion } from './state.ts'

export type FoundVersion = { readonly secret: Secret; readonly version: SecretVersion; readonly name: string }

export function findSecret(state: EmulatorState, name: string, field?: string): Secret {
  const secret = state.secrets[requireName('secret', name, field)]
  if (secret === undefined) throw notFound(`Secret [${name}]`)
  return secret
}

/** `latest` is the newest version whatever its state: a disabled one does not make way for the one before it. */
function numberOf(secret: Secret, version: string): number | undefined {
  if (version === 'latest') return secret.versions.at(-1)?.number
  return /^[0-9]/.test(version) ? Number(version) : secret.versionAliases[version]
}

export function findVersion(state: EmulatorState, name: string): FoundVersion {
  const asked = splitVersionName(name)
  const secret = state.secrets[asked.secret]
  if (secret === undefined || secret.versions.length === 0) {
    throw new StatusError('NOT_FOUND', `Secret [${asked.secret}] not found or has no versions.`)
  }
  const number = numberOf(secret, asked.version)
  const version = secret.versions.find((one) => one.number === number)
  if (version === undefined) throw notFound(`Secret Version [${name}]`)
  return { secret, version, name: versionName(secret.name, version.number) }
}

/** Secrets: create, get, list, update, delete. */
import { read, write } from '../server/operation.ts'
import { type FieldMask, maskedFields } from '../wire/field-mask.ts'
import { requireLabels } from '../wire/labels.ts'
import { type ListRequest, paginate } from '../wire/paginate.ts'
import { alreadyExists, invalidArgument } from '../wire/status.ts'
import { requireAliases } from './aliases.ts'
import { drawEtag, requireEtag } from './etag.ts'
import { findSecret } from './find.ts'
import { requireName, requireSecretId } from './names.ts'
import { renderSecret } from './render.ts'
import { type RequestedSecret, readNewSecret } from './requested-secret.ts'
import type { Secret } from './state.ts'

/** The largest page that each list of Secret Manager gives. */
export const MAX_PAGE_SIZE = 25_000

type CreateRequest = { parent: string; secretId: string; secret: RequestedSecret | null }

export const createSecret = write(({ parent, secretId, secret: requested }: CreateRequest, { state, nowMs }) => {
  const name = `${requireName('project', parent, 'parent')}/secrets/${requireSecretId(secretId)}`
  const { secret: described, replicas } = readNewSecret(requested)
  if (state.secrets[name] !== undefined) throw alreadyExists(`Secret [${name}]`)
  const secret: Secret = {
    name,
    createdAtMs: nowMs,
    etag: drawEtag(state),
    sequence: state.revision,
    labels: requireLabels(described.labels),
    versionAliases: requireAliases(described.versionAliases, []),
    replicaLocations: replicas,
    versions: [],
  }
  state.secrets[name] = secret
  return renderSecret(secret)
})

export const getSecret = read((request: { name: string }, { state }) => renderSecret(findSecret(state, request.name)))

/** Newest first. */
export const listSecrets = read((request: ListRequest, { state }) => {
  const prefix = `${requireName('project', request.parent, 'parent')}/secrets/`
  const within = Object.values(state.secrets).filter(({ name }) => name.startsWith(prefix))
  const { items, ...page } = paginate(within, ({ sequence }) => -sequence, request, MAX_PAGE_SIZE)
  return { secrets: items.map(renderSecret), ...page }
})

type UpdateRequest = { secret: RequestedSecret | null; updateMask: FieldMask }

export const updateSecret = write(({ secret: requested, updateMask }: UpdateRequest, { state }) => {
  if (requested === null) throw invalidArgument("The field 'secret' is required.")
  const secret = findSecret(state, requested.name, 'secret.name')
  const fields = maskedFields(updateMask, ['labels', 'version_aliases'])
  requireEtag(secret, requested.etag, secret.name)
  if (fields.has('labels')) secret.labels = requireLabels(requested.labels)
  if (fields.has('version_aliases')) {
    secret.versionAliases = requireAliases(requested.versionAliases, secret.versions)
  }
  secret.etag = drawEtag(state)
  return renderSecret(secret)
})

export const deleteSecret = write((request: { name: string; etag: string }, { state }) => {
  const secret = findSecret(state, request.name)
  requireEtag(secret, request.etag, secret.name)
  delete state.secrets[secret.name]
  return {}
})

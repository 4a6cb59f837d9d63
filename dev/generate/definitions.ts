// Every definition of the deployed functions, looked at without starting anything.
import type { App } from '../../functions/src/app.ts'
import { operationGroups } from '../../functions/src/deployment.ts'
import { pathOperations as auditPathOperations, sealing } from '../../functions/src/groups/audit.ts'
import { operations as authzenOperations } from '../../functions/src/groups/authzen.ts'
import { operations as changeOperations } from '../../functions/src/groups/changes.ts'
import { pathOperations, verifyOperations } from '../../functions/src/groups/credentials.ts'
import { outboxRelay } from '../../functions/src/groups/events.ts'
import { operations as factOperations } from '../../functions/src/groups/facts.ts'
import { askedRunner } from '../../functions/src/groups/jobs.ts'
import { operationRunner } from '../../functions/src/groups/long-operations.ts'
import { deliverer, digests, reminders } from '../../functions/src/groups/notifications.ts'
import { reconciler } from '../../functions/src/groups/reconcile.ts'
import { grantsTrigger } from '../../functions/src/groups/roles.ts'
import { keyRotation, secretRotation } from '../../functions/src/groups/signing.ts'
import { sweep } from '../../functions/src/groups/sweep.ts'
import { webhookDeliverer, webhookSender } from '../../functions/src/groups/webhooks.ts'
import { type AnyOperation, reasonOf } from '../../functions/src/guard/definition.ts'

/** Definitions keep what they are given and call it only when they run, so nothing is given. Cast: it stands in for an app. */
const inert = new Proxy({}, { get: () => ({}) }) as App

/** With a path of their own at the function `api`. */
const ofApi: readonly AnyOperation[] = [...pathOperations(inert), ...auditPathOperations(inert)]

/** In the order of the table of contents. */
export const everyOperation = async (): Promise<readonly AnyOperation[]> => {
  const groups = await Promise.all(Object.values(operationGroups).map(async (load) => (await load())(inert)))
  return [
    ...groups.flat(),
    ...verifyOperations(inert),
    ...ofApi,
    ...authzenOperations(inert),
    ...factOperations(inert),
    ...changeOperations(inert),
  ]
}

export const everyBackground = () => [
  ...[sweep(inert), reconciler(inert), keyRotation(inert), secretRotation(inert), sealing(inert)],
  ...[grantsTrigger(inert), operationRunner(inert), askedRunner(inert), outboxRelay(inert)],
  ...[webhookDeliverer(inert), webhookSender(inert)],
  ...[reminders(inert), digests(inert), deliverer(inert)],
]

export const idOf = ({ group, name }: AnyOperation): string => `${group}/${name}`

export const accessOf = ({ access }: AnyOperation): { readonly permission?: string; readonly reason?: string } => {
  if ('permission' in access) return { permission: access.permission }
  return { reason: reasonOf(access) ?? '' }
}

/** The transports that an operation answers on. One with a path of its own is for services and has no callable. */
export const doorsOf = (definition: AnyOperation): readonly ('callable' | 'http')[] =>
  definition.path === undefined ? ['callable', 'http'] : ['http']

/** The deployed function that answers over HTTP. */
export const servedBy = (definition: AnyOperation): 'api' | 'authz' =>
  definition.path === undefined || ofApi.some(({ path }) => path === definition.path) ? 'api' : 'authz'

export const httpPathOf = (definition: AnyOperation): string => definition.path ?? `/v1/ops/${idOf(definition)}`

// `GET /v1/{policy,grants,people,catalogue}`: the documents from which a service assembles the facts of its decisions, as they stand now.
import { grantsPath, policyPath, userPath } from '@latchkey/core/access/assembly/documents'
import {
  catalogueInput,
  grantsInput,
  personInput,
  policyInput,
  servedDocument,
} from '@latchkey/core/access/contract/served'
import { iamError } from '@latchkey/core/kernel/errors'
import { userRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type { Caller } from '../../../guard/caller.ts'
import { operation } from '../../../guard/definition.ts'
import type { Reader, Stamped } from '../../../platform/store/reader.ts'
import { reachingDown, sightOf } from './asker-sight.ts'
import { served } from './wire-fields.ts'

export interface ServedDependencies {
  /** Strict: what a service loads after it heard of a change must not be older than the change. */
  readonly read: Reader
}

/** The asker's own tenant, where its key lives; it is admitted by what was true up to four seconds ago. */
const forServices = {
  group: 'facts',
  output: servedDocument,
  access: { permission: 'iam.credentials.verify' },
  tenant: (_input: unknown, caller: Caller) => caller.key?.tenant,
  effect: 'read',
  rate: 'verify',
  cached: true,
  method: 'GET',
} as const

const unseen = err(iamError('not_found'))

export const loadPolicy = ({ read }: ServedDependencies) =>
  operation({
    ...forServices,
    name: 'policy',
    summary: 'The policy of one tenant, for services that decide by themselves.',
    input: policyInput,
    path: '/v1/policy/{tenant}',
    handler: async ({ input, facts }) => {
      if ((await sightOf(read, facts.chain, input.tenant)) === undefined) return unseen
      const [policy] = await read.getStamped([policyPath(input.tenant)])
      return policy === undefined ? unseen : ok(served(policy, 'policy'))
    },
  })

export const loadGrants = ({ read }: ServedDependencies) =>
  operation({
    ...forServices,
    name: 'grants',
    summary: 'What is stored at one tenant for one principal, for services that decide by themselves.',
    input: grantsInput,
    path: '/v1/grants/{principal}',
    handler: async ({ input: { tenant, principal }, facts: { chain } }) => {
      const [home] = chain
      const sight = await sightOf(read, chain, tenant)
      const [grants] = await read.getStamped([grantsPath(tenant, principal)])
      if (sight === undefined || home === undefined || grants === undefined) return unseen
      const { fields } = grants
      if (sight.side === 'within' || fields === undefined) return ok(served(grants, 'grants'))
      return ok(served({ ...grants, fields: reachingDown(fields, home) }, 'grants'))
    },
  })

/** Shown where something is stored for them on the way up from the tenant; of anybody else nothing is said. */
export const loadPerson = ({ read }: ServedDependencies) =>
  operation({
    ...forServices,
    name: 'person',
    summary: 'Whether a person and their sign-ins count, for services that decide by themselves.',
    input: personInput,
    path: '/v1/people/{user}',
    handler: async ({ input: { user, tenant }, facts: { chain } }) => {
      const sight = await sightOf(read, chain, tenant)
      if (sight === undefined) return unseen
      const places = sight.chain.map((at) => grantsPath(at, userRef(user)))
      const [person, ...grants] = await read.getStamped([userPath(user), ...places])
      if (person === undefined) return unseen
      const known = grants.some((one: Stamped) => one.fields !== undefined)
      return ok(served(known ? person : { ...person, fields: undefined }, 'person'))
    },
  })

/** A version never changes; `head` is the name of the newest. Everybody may know them. */
export const loadCatalogue = ({ read }: ServedDependencies) =>
  operation({
    ...forServices,
    name: 'catalogue',
    summary: 'One published version of the catalogue, or which is the newest.',
    input: catalogueInput,
    path: '/v1/catalogue/{version}',
    handler: async ({ input }) => {
      const [found] = await read.getStamped([`catalogue/${input.version}`])
      const { version, text } = found?.fields ?? {}
      if (found === undefined) return unseen
      if (input.version === 'head') {
        return typeof version === 'string' ? ok(served(found, 'head')) : unseen
      }
      return typeof text === 'string' ? ok({ asOf: found.asOf, document: { text } }) : unseen
    },
  })

// `POST /access/v1/search/{subject,resource,action}`: who may, on what, and what; each page looks at a bounded number.
import {
  searchActionInput,
  searchActionOutput,
  searchResourceInput,
  searchResourceOutput,
  searchSubjectInput,
  searchSubjectOutput,
} from '@latchkey/core/access/contract/authzen'
import { iamError } from '@latchkey/core/kernel/errors'
import { idOf } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import type * as z from 'zod'
import type { Admitted } from '../../../guard/admitted.ts'
import { operation } from '../../../guard/definition.ts'
import { type AskingDependencies, attributesAsked } from '../questions/asked.ts'
import { placeIn, placeText, searchSubjects } from '../questions/search-subjects.ts'
import { isResourceDigest } from '../resources/resource-document.ts'
import { actionsOf, askedOf, permissionOf } from './entities.ts'
import { evaluate, factsOnce } from './evaluate.ts'
import { tenantAsked } from './evaluations.ts'

const common = { access: { permission: 'iam.access.search' }, tenant: tenantAsked, effect: 'read' } as const
const nothing = { results: [], page: { next_token: '' } }
const badToken = () =>
  err(iamError('invalid_request', { field: 'page.token', detail: 'Use `page.next_token` of the answer before.' }))
const kinds = { user: 'user', service: 'service' } as const

export const searchSubject = (dependencies: AskingDependencies) =>
  operation({
    ...common,
    group: 'authzen',
    name: 'searchSubject',
    summary: 'AuthZEN 1.0 subject search: who of a type may do this action on this resource.',
    input: searchSubjectInput,
    output: searchSubjectOutput,
    path: '/access/v1/search/subject',
    handler: async (admitted) => {
      const { subject, action, resource, page } = admitted.input
      const from = page?.token === undefined || page.token === '' ? undefined : placeIn(page.token)
      if (page?.token !== undefined && page.token !== '' && from === undefined) return badToken()
      const kind = kinds[subject.type as keyof typeof kinds] // undefined for any other type
      const permission = permissionOf(admitted.facts, resource.type, action.name)
      if (kind === undefined || permission === undefined) return ok(nothing)
      const attributes = await attributesAsked({ ...admitted, input: askedOf(resource, action) })
      if (!attributes.ok) return attributes
      const { found, next } = await searchSubjects(
        { admitted, permissions: [permission], attributes: attributes.value, kind },
        { limit: page?.limit ?? 50, from },
        dependencies,
      )
      const results = found.map(({ principal }) => ({ type: kind, id: idOf(principal as never) })) // found by its own reference
      return ok({ results, page: { next_token: next === undefined ? '' : placeText(next) } })
    },
  })

/** So many registered resources are decided in one call. */
const mostLookedAt = 200

export const searchResource = (dependencies: AskingDependencies) =>
  operation({
    ...common,
    group: 'authzen',
    name: 'searchResource',
    summary: 'AuthZEN 1.0 resource search: on which registered resources of a type may this subject do this action.',
    input: searchResourceInput,
    output: searchResourceOutput,
    path: '/access/v1/search/resource',
    handler: (admitted) => resourcesFor(admitted, dependencies),
  })

const resourcesFor = async (
  admitted: Admitted<z.output<typeof searchResourceInput>>,
  dependencies: AskingDependencies,
) => {
  const { subject, action, resource, page } = admitted.input
  const token = page?.token === '' ? undefined : page?.token
  if (token !== undefined && !isResourceDigest(token)) return badToken()
  const limit = page?.limit ?? 50
  const candidates = await admitted.read.list({
    collection: `tenants/${admitted.tenant}/resources`,
    where: { type: resource.type },
    ...(token === undefined ? {} : { after: token }),
    limit: mostLookedAt,
  })
  const factsOf = factsOnce(admitted, dependencies)
  const results: { type: string; id: string }[] = []
  let last: string | undefined
  for (const candidate of candidates) {
    if (results.length >= limit) break
    last = candidate.id
    const one = { type: resource.type, id: String(candidate.fields['id']) }
    const answer = await evaluate({ subject, action, resource: { ...resource, ...one } }, admitted, factsOf)
    if (!answer.ok) return answer
    if (answer.value.decision) results.push(one)
  }
  const more = last !== undefined && (last !== candidates.at(-1)?.id || candidates.length === mostLookedAt)
  return ok({ results, page: { next_token: more ? last : '' } })
}

export const searchAction = (dependencies: AskingDependencies) =>
  operation({
    ...common,
    group: 'authzen',
    name: 'searchAction',
    summary: 'AuthZEN 1.0 action search: what may this subject do on this resource.',
    input: searchActionInput,
    output: searchActionOutput,
    path: '/access/v1/search/action',
    handler: async (admitted) => {
      const { subject, resource, page } = admitted.input
      const after = page?.token ?? ''
      const limit = page?.limit ?? 50
      const factsOf = factsOnce(admitted, dependencies)
      const able: { name: string }[] = []
      for (const name of actionsOf(admitted.facts, resource.type).filter((action) => action > after)) {
        const answer = await evaluate({ subject, action: { name }, resource }, admitted, factsOf)
        if (!answer.ok) return answer
        if (answer.value.decision) able.push({ name })
        if (able.length > limit) break
      }
      const results = able.slice(0, limit)
      return ok({ results, page: { next_token: able.length > limit ? (results.at(-1)?.name ?? '') : '' } })
    },
  })

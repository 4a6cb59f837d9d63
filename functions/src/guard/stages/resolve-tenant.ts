// Stage 3: the tenant that the call is about, from the parsed request and nowhere else, with the facts that stand there.
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import type { GuardDependencies } from '../dependencies.ts'
import type { Passage, StageResult } from '../passage.ts'

export const resolveTenant = async (passage: Passage, dependencies: GuardDependencies): Promise<StageResult> => {
  const { definition, caller } = passage
  if (definition.tenant === undefined || caller === undefined) return ok('next')
  const tenant = definition.tenant(passage.input, caller)
  if (tenant === undefined) {
    const named = 'permission' in definition.access
    return named ? err(iamError('invalid_request', { field: 'tenant', detail: 'Name the tenant.' })) : ok('next')
  }
  const facts = await dependencies.loadFacts(passage.read, caller, tenant)
  if (!facts.ok) return err(facts.error.code === 'not_found' ? iamError('not_found') : facts.error)
  passage.tenant = tenant
  passage.facts = facts.value
  return ok('next')
}

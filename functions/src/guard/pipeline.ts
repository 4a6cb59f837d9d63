// The one way through: the table of stages, run from top to bottom; the first refusal ends the call.
import { isVisible } from '@latchkey/core/access/decide'
import { type IamError, iamError } from '@latchkey/core/kernel/errors'
import { prefixes } from '@latchkey/core/kernel/ids'
import { invariant } from '@latchkey/core/kernel/invariant'
import { err, ok, type Result } from '@latchkey/core/kernel/result'
import { minutes } from '@latchkey/core/kernel/time'
import { StoreError } from '../platform/store/store-error.ts'
import type { Admitted } from './admitted.ts'
import type { AnyOperation } from './definition.ts'
import type { GuardDependencies } from './dependencies.ts'
import type { Call, Passage, StageResult } from './passage.ts'
import { requestAttributes } from './request-attributes.ts'
import { authenticate } from './stages/authenticate.ts'
import { authorize } from './stages/authorize.ts'
import { idempotency, releaseTicket } from './stages/idempotency.ts'
import { chargeRefusal, limit } from './stages/limit.ts'
import { open } from './stages/open.ts'
import { parse } from './stages/parse.ts'
import { resolveTenant } from './stages/resolve-tenant.ts'

/** Only one that reads answers with a promise: of a call that reads nothing, waiting for promises is most of the cost. */
type Stage = (passage: Passage, dependencies: GuardDependencies) => StageResult | Promise<StageResult>

/** DESIGN.md §5. Stages 7 (handler) and 8 (parse the output, close) follow in `pass`. */
export const stages = [
  ['open', open],
  ['authenticate', authenticate],
  ['parse', parse],
  ['resolve tenant', resolveTenant],
  ['authorize', authorize],
  ['limit', limit],
  ['idempotency', idempotency],
] as const satisfies readonly (readonly [string, Stage])[]

const charged = new Set<string>(['authenticate', 'parse', 'resolve tenant', 'authorize'])

export interface Passed {
  readonly requestId: string
  readonly result: Result<unknown, IamError>
}

/** Runs one call. Never throws: what is not a refusal is `unavailable` or a blank `internal` with a request id. */
export const pass = async (call: Call, definition: AnyOperation, dependencies: GuardDependencies): Promise<Passed> => {
  const requestId = dependencies.drawId(prefixes.request)
  const read = definition.cached ? dependencies.cache.reader() : dependencies.read
  const passage: Passage = { call, definition, requestId, read, now: dependencies.clock() }
  const result = await settle(passage, dependencies)
  closeBracket(passage, result, dependencies)
  return { requestId, result }
}

const settle = async (passage: Passage, dependencies: GuardDependencies): Promise<Result<unknown, IamError>> => {
  try {
    const result = await through(passage, dependencies)
    if (!result.ok) {
      await releaseTicket(passage, true, dependencies)
      await noteDenial(passage, result.error, dependencies)
    }
    return result
  } catch (error) {
    dependencies.log('ERROR', 'call failed', { requestId: passage.requestId, error })
    await releaseTicket(passage, false, dependencies).catch(() => undefined) // its lease ends by itself
    const down = error instanceof StoreError && error.fault === 'unavailable'
    return err(down ? iamError('unavailable', { retryAfterSeconds: 2 }) : iamError('internal'))
  }
}

/** What somebody who can see the tenant was refused for lack of power; of strangers nothing is kept (DESIGN.md §8, audit). */
const noteDenial = async (passage: Passage, error: IamError, dependencies: GuardDependencies): Promise<void> => {
  const { caller, tenant, facts, definition, now } = passage
  if (caller === undefined || tenant === undefined || facts === undefined || !telling.has(error.code)) return
  if (!isVisible(facts, now)) return
  await dependencies.noteDenial({
    tenant,
    now,
    principal: caller.principal,
    credential: caller.credential,
    operation: `${definition.group}/${definition.name}`,
    permission: error.missing?.[0],
    code: error.code,
  })
}

const telling = new Set<string>([
  'permission_denied',
  'insufficient_scope',
  'grant_exceeds_grantor',
  'tenant_suspended',
  'insufficient_user_authentication',
  'last_owner',
])

const through = async (passage: Passage, dependencies: GuardDependencies): Promise<Result<unknown, IamError>> => {
  for (const [name, stage] of stages) {
    const answered = stage(passage, dependencies)
    const outcome = answered instanceof Promise ? await answered : answered
    if (!outcome.ok) {
      return charged.has(name) ? err(chargeRefusal(passage, outcome.error, dependencies)) : outcome
    }
    if (outcome.value === 'done') return ok(passage.definition.output.parse(passage.output))
  }
  const { noted, handler } = passage.definition
  const admitted = admit(passage)
  const kept = noted === undefined ? ok(undefined) : await dependencies.noteRead(admitted, noted)
  if (!kept.ok) return kept
  const answer = await handler(admitted)
  if (!answer.ok) return answer
  const { caller, now, call } = passage
  if (caller !== undefined) await dependencies.noteUse(caller, now, call.address)
  // The output is parsed on the way out: a field that the contract does not name never leaves.
  return ok(passage.definition.output.parse(answer.value))
}

const admit = (passage: Passage): Admitted<unknown> => {
  const need = <T>(value: T | undefined, what: string): T => {
    invariant(value !== undefined, `${passage.definition.group}/${passage.definition.name} has no ${what}`)
    return value
  }
  const { input, now, read, requestId } = passage
  // Cast: this is the only place that makes an Admitted, after every stage has passed.
  return {
    input,
    now,
    read,
    requestId,
    request: requestAttributes(passage),
    get caller() {
      return need(passage.caller, 'caller')
    },
    get facts() {
      return need(passage.facts, 'facts')
    },
    get tenant() {
      return need(passage.tenant, 'tenant')
    },
    get commit() {
      return need(passage.commit, 'commit context')
    },
  } as Admitted<unknown>
}

const clockSkewSeconds = minutes(1)

/** One line a call: who, what, where, how it ended. Refusals are told apart by code (CATALOGUE C-146). */
const closeBracket = (passage: Passage, result: Result<unknown, IamError>, { log, clock }: GuardDependencies): void => {
  const { definition, caller, call, requestId, tenant, now } = passage
  const took = clock() - now
  log(result.ok ? 'INFO' : 'NOTICE', result.ok ? 'call answered' : 'call refused', {
    requestId,
    operation: `${definition.group}/${definition.name}`,
    transport: call.transport,
    principal: caller?.principal,
    credential: caller?.credential,
    token: caller?.token,
    tenant,
    code: result.ok ? 'ok' : result.error.code,
    field: result.ok ? undefined : result.error.field,
    internal: result.ok ? undefined : result.error.internal,
    milliseconds: Math.abs(took) < clockSkewSeconds * 1000 ? took : undefined,
  })
}

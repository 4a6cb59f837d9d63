// `access/recentDenials`: what was refused in the last seven days, to whom, and how often.
import { recentDenialsInput, recentDenialsOutput } from '@latchkey/core/access/contract/questions'
import { isVisible } from '@latchkey/core/access/decide'
import { namedRef } from '@latchkey/core/kernel/principal'
import { err, ok } from '@latchkey/core/kernel/result'
import { isOver, toIso } from '@latchkey/core/kernel/time'
import { operation } from '../../../guard/definition.ts'
import { pageAfter, pageAnswer } from '../../../platform/store/page.ts'
import { type DocumentFields, instantIn, type StoredDocument } from '../../../platform/store/reader.ts'
import { isAboutOneself, refusalOf, unseen } from './asked.ts'

export const recentDenials = () =>
  operation({
    group: 'access',
    name: 'recentDenials',
    summary: 'Lists refusals of the last seven days at a tenant, the newest hour first: one’s own, or another’s.',
    input: recentDenialsInput,
    output: recentDenialsOutput,
    access: { signedIn: 'One’s own refusals are no secret; those of others ask iam.denials.read at the tenant.' },
    tenant: (input) => input.tenant,
    effect: 'read',
    handler: async (admitted) => {
      const { input, tenant, read, now, caller, facts } = admitted
      if (!isVisible(facts, now)) return unseen()
      const refusal = isAboutOneself(admitted) ? undefined : refusalOf('iam.denials.read', admitted)
      if (refusal !== undefined) return err(refusal)
      const after = pageAfter(input.page, (text) => /^\d{10}-[A-Za-z0-9_-]{43}$/.test(text))
      if (!after.ok) return after
      const principal = input.principal === undefined ? caller.principal : namedRef(input.principal)
      const found = await read.list({
        collection: `tenants/${tenant}/denials`,
        ...(input.credential === undefined
          ? { where: { principal } }
          : { where: { principal, credential: input.credential } }),
        ...after.value,
        limit: input.limit + 1,
      })
      // Seven days are over by the clock, whenever they are swept.
      const view = ({ fields }: StoredDocument) =>
        isOver(instantIn(fields['expiresAt']), now) ? undefined : viewOf(fields)
      return ok(pageAnswer(found, input.limit, { whole: recentDenialsOutput.shape.items.element, view }))
    },
  })

const viewOf = (fields: DocumentFields) => {
  const [first, last] = [instantIn(fields['firstAt']), instantIn(fields['lastAt'])]
  return {
    principal: fields['principal'],
    credential: fields['credential'],
    operation: fields['operation'],
    ...(typeof fields['permission'] === 'string' ? { permission: fields['permission'] } : {}),
    code: fields['code'],
    count: fields['count'],
    firstAt: first === undefined ? '' : toIso(first),
    lastAt: last === undefined ? '' : toIso(last),
  }
}

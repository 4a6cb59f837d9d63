// `audit/redact`: takes personal data out of an event for good; its hash holds, and an event of its own says what was taken out.
import { redactionType } from '@latchkey/core/audit/commitment'
import { redactInput, redactOutput } from '@latchkey/core/audit/contract'
import { decideRedaction } from '@latchkey/core/audit/decide-redaction'
import { iamError } from '@latchkey/core/kernel/errors'
import { err, ok } from '@latchkey/core/kernel/result'
import { operation } from '../../../guard/definition.ts'
import { sha256 } from '../../../platform/seal.ts'
import { recordedEvent, redactedDocument } from '../../../platform/store/audit-document.ts'
import type { Commit } from '../../../platform/store/commit.ts'
import { targetOf } from './find-redactions.ts'

export const redactEvent = ({ commit }: { readonly commit: Commit }) =>
  operation({
    group: 'audit',
    name: 'redact',
    summary:
      'Takes personal data out of an event of the audit log, for good. The chain holds, and says what was taken.',
    input: redactInput,
    output: redactOutput,
    access: { permission: 'iam.audit.redact' },
    tenant: (input) => input.tenant,
    effect: 'write',
    handler: ({ input, tenant, now, commit: context }) => {
      const { event, reason } = input
      const fields = [...new Set(input.fields)]
      const path = `tenants/${tenant}/audit/${event}`
      return commit(context, {
        tenant,
        plan: async (read) => {
          const [stored] = await read.getAll([path])
          if (stored === undefined) return err(iamError('not_found', { field: 'event' }))
          const decided = decideRedaction(sha256, { event: recordedEvent(event, stored), fields, now })
          if (!decided.ok) return decided
          return ok({
            writes: [{ kind: 'set' as const, path, fields: redactedDocument(stored, decided.value) }],
            event: { type: redactionType, targets: [targetOf(event)], reason, details: { event, fields } },
            outcome: { event, removed: Object.keys(decided.value.removed).toSorted() },
          })
        },
        answer: (outcome) => outcome,
      })
    },
  })

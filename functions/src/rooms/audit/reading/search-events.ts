// `audit/search` and `audit/get`: what happened at a tenant, the newest first.
import { eventView, getInput, getOutput, searchInput, searchOutput } from '@latchkey/core/audit/contract'
import { iamError } from '@latchkey/core/kernel/errors'
import { drawn, prefixes } from '@latchkey/core/kernel/ids'
import { err, ok } from '@latchkey/core/kernel/result'
import { fromIso } from '@latchkey/core/kernel/time'
import type * as z from 'zod'
import { operation } from '../../../guard/definition.ts'
import { everything, newestFirst } from '../../../platform/store/audit-document.ts'
import { pageAfter } from '../../../platform/store/page.ts'
import type { Reader, StoredDocument } from '../../../platform/store/reader.ts'
import { viewOf, wholeViewOf } from './event-view.ts'

interface Reading {
  readonly read: Reader
}

type Search = z.output<typeof searchInput>

export const searchEvents = ({ read }: Reading) =>
  operation({
    group: 'audit',
    name: 'search',
    summary: 'Searches a tenant’s audit log by actor, target, kind, time and request, the newest event first.',
    input: searchInput,
    output: searchOutput,
    access: { permission: 'iam.audit.read' },
    tenant: (input) => input.tenant,
    effect: 'read',
    noted: 'audit.searched',
    handler: async ({ input, tenant }) => {
      const after = pageAfter(input.page, (text) => pagePattern.test(text))
      if (!after.ok) return after
      const { found, nextPage } = await search(read, tenant, input)
      const items = found.flatMap((one) => {
        const view = eventView.safeParse(viewOf(one))
        return view.success ? [view.data] : []
      })
      return ok({ items, ...(nextPage === undefined ? {} : { nextPage }) })
    },
  })

export const getEvent = ({ read }: Reading) =>
  operation({
    group: 'audit',
    name: 'get',
    summary: 'Shows one event of a tenant’s audit log with its hash.',
    input: getInput,
    output: getOutput,
    access: { permission: 'iam.audit.read' },
    tenant: (input) => input.tenant,
    effect: 'read',
    noted: 'audit.read',
    handler: async ({ input, tenant }) => {
      const [stored] = await read.getAll([`tenants/${tenant}/audit/${input.event}`])
      const view = stored === undefined ? undefined : wholeViewOf(input.event, stored)
      return view === undefined ? err(iamError('not_found', { field: 'event' })) : ok(view)
    },
  })

const pagePattern = new RegExp(`^\\d{13}-${drawn(prefixes.op).source.slice(1)}`)

const orderOf = ({ fields }: StoredDocument): string => String(fields['newest'])

/** What is asked for, from what is shared by the fewest events to what all have: the first is looked up, the others are compared. */
const termsOf = ({ request, target, actor, type }: Search): readonly [string, ...string[]] => {
  const given = Object.entries({ request, target, actor, type }).flatMap(([kind, value]) =>
    value === undefined ? [] : [`${kind}:${value}`],
  )
  return [given[0] ?? everything, ...given.slice(1)]
}

/** So many are looked through for one page, which may then hold fewer than were asked for. */
const mostLooked = 1_000
const lookedAtOnce = 100

interface Found {
  readonly found: readonly StoredDocument[]
  readonly nextPage: string | undefined
}

const search = async (read: Reader, tenant: string, input: Search): Promise<Found> => {
  const [first, ...others] = termsOf(input)
  const { above, upTo } = boundsOf(input)
  const found: StoredDocument[] = []
  let after = input.page ?? above
  for (let looked = 0; looked < mostLooked; looked += lookedAtOnce) {
    const page = await read.list({
      collection: `tenants/${tenant}/audit`,
      contains: { field: 'terms', value: first },
      within: { field: 'newest', above: after, upTo },
      limit: lookedAtOnce,
    })
    for (const one of page) {
      if (found.length === input.limit) return { found, nextPage: after }
      after = orderOf(one)
      if (others.every((term) => termsIn(one.fields).includes(term))) found.push(one)
    }
    if (page.length < lookedAtOnce) return { found, nextPage: undefined }
  }
  return { found, nextPage: after }
}

const termsIn = (fields: StoredDocument['fields']): readonly unknown[] =>
  Array.isArray(fields['terms']) ? fields['terms'] : []

/** After every id. */
const end = '~'

/** The order runs backwards: `until` bounds it from below and `from` from above. */
const boundsOf = ({ from, until }: Search): { readonly above: string; readonly upTo: string } => {
  const [first, last] = [from, until].map((text) => (text === undefined ? undefined : fromIso(text)))
  return {
    above: last === undefined ? '' : `${newestFirst(last)}${end}`,
    upTo: first === undefined ? end : `${newestFirst(first)}${end}`,
  }
}

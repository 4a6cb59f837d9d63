// The walk over what names its last event: every document of every tenant once, tenants side by side, and what is long stretch by stretch.
import { instantOf } from '@latchkey/core/kernel/time'
import { describe, expect, it } from 'vitest'
import { comparedAtOnce } from '../../platform/each.ts'
import { redactedDocument } from '../../platform/store/audit-document.ts'
import { type DocumentFields, type ListQuery, type Reader, timestampOf } from '../../platform/store/reader.ts'
import { compareEvents } from './compare-events.ts'

const at = instantOf(1_900_000_000_000)
const event = (id: string): DocumentFields => {
  const fields = { type: 'measured.thing', targets: [] }
  return redactedDocument({ ...fields, at: timestampOf(at) }, { id, fields: { ...fields, at }, salts: {}, removed: {} })
}

/** Tenants with so many members each; every event is there. */
const platformWith = (members: Readonly<Record<string, number>>) => {
  const documents = new Map<string, DocumentFields>()
  const made = (tenant: string, path: string, name: string): void => {
    documents.set(path, { lastEvent: name })
    documents.set(`tenants/${tenant}/audit/${name}`, event(name))
  }
  for (const [tenant, count] of Object.entries(members)) {
    made(tenant, `tenants/${tenant}`, `op_${tenant}`)
    for (let index = 0; index < count; index++) {
      const id = String(index).padStart(4, '0')
      made(tenant, `tenants/${tenant}/members/${id}`, `op_${tenant}_${id}`)
    }
  }
  return documents
}

const readerOver = (documents: ReadonlyMap<string, DocumentFields>) => {
  const seen = { atWork: new Map<string, number>(), most: 0 }
  const answered = async <Answer>(path: string, answer: Answer): Promise<Answer> => {
    const tenant = path.split('/')[1] ?? ''
    const running = (by: number) => seen.atWork.set(tenant, (seen.atWork.get(tenant) ?? 0) + by)
    running(1)
    seen.most = Math.max(seen.most, [...seen.atWork.values()].filter((count) => count > 0).length)
    await new Promise((resolve) => setImmediate(resolve))
    running(-1)
    return answer
  }
  const idsIn = ({ collection, after = '', limit }: ListQuery): readonly string[] =>
    [...documents.keys()]
      .filter((path) => path.startsWith(`${collection}/`) && !path.slice(collection.length + 1).includes('/'))
      .map((path) => path.slice(collection.length + 1))
      .filter((id) => id > after)
      .toSorted()
      .slice(0, limit)
  const read: Reader = {
    getStamped: async () => [],
    getAll: (paths) =>
      answered(
        paths[0] ?? '',
        paths.map((path) => documents.get(path)),
      ),
    list: (query) =>
      answered(
        query.collection,
        idsIn(query).map((id) => ({ id, fields: documents.get(`${query.collection}/${id}`) ?? {} })),
      ),
  }
  return { read, seen }
}

const walked = async (documents: ReadonlyMap<string, DocumentFields>) => {
  const { read, seen } = readerOver(documents)
  const { page } = compareEvents({ read })
  const done = { looked: 0, pages: 0, drifted: [] as string[] }
  let place: string | undefined
  do {
    const found = await page(place)
    done.looked += found.looked
    done.pages++
    done.drifted.push(...(found.drifted ?? []))
    place = found.next
  } while (place !== undefined)
  return { ...done, most: seen.most }
}

describe('the comparison of events', () => {
  const many = Object.fromEntries(
    Array.from({ length: 95 }, (_, index) => [`acc_${String(index).padStart(3, '0')}`, 2]),
  )

  it('looks at every document of every tenant once, eight tenants side by side', async () => {
    const documents = platformWith(many)
    const { looked, drifted, pages, most } = await walked(documents)
    expect([looked, drifted]).toEqual([95 * 3, []])
    expect(pages).toBe(4) // three with forty tenants or less, and the one that finds no more
    expect(most).toBe(comparedAtOnce)
  })

  it('C-148 goes on where a tenant has more than a stretch, and finds what is wrong at its end and behind it', async () => {
    const documents = platformWith({ ...many, acc_000: 250, acc_039: 101, acc_050: 100 })
    const wrong = [
      ['acc_000', '0249'],
      ['acc_039', '0100'],
      ['acc_050', '0099'],
      ['acc_094', '0001'],
    ] as const
    for (const [tenant, id] of wrong) documents.delete(`tenants/${tenant}/audit/op_${tenant}_${id}`)
    const { looked, drifted } = await walked(documents)
    expect(looked).toBe(95 * 3 + 248 + 99 + 98)
    expect(drifted.toSorted()).toEqual(
      wrong.map(
        ([tenant, id]) => `tenants/${tenant}/members/${id} names the event op_${tenant}_${id}, which is in no log.`,
      ),
    )
  })
})

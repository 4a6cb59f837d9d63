/** Pages of a list that changes while it is read. */
import { describe, expect, it } from 'vitest'
import { paginate } from './paginate.ts'

const page = (items: readonly number[], pageToken = '', pageSize = 2) =>
  paginate(items, (item) => item, { parent: 'a', pageSize, pageToken, filter: '' }, 3)

describe('paginate', () => {
  it('shows every item once, in order, when the list stays as it is', () => {
    const first = page([3, 1, 2])
    const second = page([3, 1, 2], first.nextPageToken)
    expect([first.items, second.items, second.nextPageToken]).toEqual([[1, 2], [3], ''])
  })

  it('neither skips nor repeats an item when the one it stopped at is deleted', () => {
    const { nextPageToken } = page([1, 2, 3, 4])
    expect(page([1, 3, 4], nextPageToken).items).toEqual([3, 4])
  })

  it('gives no token with a last page that is exactly full', () => {
    expect(page([1, 2]).nextPageToken).toBe('')
  })

  it('never gives more than the largest page', () => {
    expect(page([1, 2, 3, 4], '', 100).items).toEqual([1, 2, 3])
  })

  it('counts the whole list whatever the page', () => {
    expect(page([1, 2, 3, 4]).totalSize).toBe(4)
  })

  it.each(['rubbish', Buffer.from('["b",1]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'refuses the foreign token %s',
    (token) => {
      expect(() => page([1, 2, 3], token)).toThrow("The field 'page_token' is not valid")
    },
  )

  it('refuses a negative page size', () => {
    expect(() => page([1], '', -1)).toThrow("The field 'page_size' must not be negative.")
  })

  it('refuses a filter, because ignoring it would show too much', () => {
    const request = { parent: 'a', pageSize: 0, pageToken: '', filter: 'state=ENABLED' }
    expect(() => paginate([1], (item) => item, request, 3)).toThrow("The field 'filter' is not emulated")
  })
})

// Paths with fields: exact bytes, no decoding, nothing given twice unseen.
import { describe, expect, it } from 'vitest'
import { fieldsOf, pathMatcher } from './match-path.ts'

const templates = ['/v1/changes', '/v1/policy/{tenant}', '/v1/grants/{principal}']

describe('a path with a field', () => {
  it('is found with what stands in it', () => {
    expect(pathMatcher(templates)('/v1/grants/user:ada@x.example')).toEqual({
      template: '/v1/grants/{principal}',
      fields: [['principal', 'user:ada@x.example']],
    })
    expect(pathMatcher([...templates, '/v1/policy/all'])('/v1/policy/all')).toEqual({
      template: '/v1/policy/all',
      fields: [],
    })
    expect(pathMatcher(templates)('/v1/changes')).toEqual({ template: '/v1/changes', fields: [] })
  })

  it.each([
    '/v1/policy',
    '/v1/policy/',
    '/v1/policy/a/b',
    '/v1/policy/a%2Fb',
    '/V1/policy/a',
    '/v1/policy/a+b',
    '//v1/policy/a',
  ])('I-11 is not %s', (path) => expect(pathMatcher(templates)(path)).toBeUndefined())
})

describe('the fields of a query', () => {
  it('come behind those of the path', () => {
    expect(fieldsOf([['principal', 'user:ada']], 'tenant=acc_1')).toBe('{"principal":"user:ada","tenant":"acc_1"}')
    expect(fieldsOf([], '')).toBe('{}')
  })

  it('are left twice when given twice, for the parser to refuse', () => {
    expect(fieldsOf([['tenant', 'acc_1']], 'tenant=acc_2')).toBe('{"tenant":"acc_1","tenant":"acc_2"}')
  })

  it.each(['tenant', 'tenant=', 'tenant=a=b', 'tenant=a%20b', '&', 'tenant=a&'])(
    'are nothing at all when %s',
    (query) => {
      expect(fieldsOf([], query)).toBe('null')
    },
  )
})

// Nothing internal leaves: the public voice is one sentence, a code and what helps the caller (CATALOGUE C-150, I-09).
import { type ErrorFacts, errorCodes, errorTable, iamError } from '@latchkey/core/kernel/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { privateHeaders, renderCallable, renderProblem } from './render-error.ts'

const requestId = 'req_0000000000000000000000'
const internal = 'Error: 7 PERMISSION_DENIED at /srv/lib/store.js:12 fn-tenants@latchkey-prod.iam.gserviceaccount.com'
const problemOf = (code: (typeof errorCodes)[number], facts: ErrorFacts = {}) => {
  const answer = renderProblem(iamError(code, facts), requestId)
  return { ...answer, json: JSON.parse(answer.body) }
}

describe.each(errorCodes)('%s', (code) => {
  test('over HTTP is problem+json with the status of the table and its page', () => {
    const { status, headers, json } = problemOf(code)
    expect(status).toBe(errorTable[code].http)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(json).toEqual({
      type: `https://docs.latchkey.example/errors/${code}`,
      title: errorTable[code].sentence,
      status: errorTable[code].http,
      code,
      requestId,
    })
  })

  test('to a callable carries the same code in details', () => {
    expect(renderCallable(iamError(code), requestId)).toEqual({
      status: errorTable[code].status,
      message: errorTable[code].sentence,
      details: { code, docs: `https://docs.latchkey.example/errors/${code}`, requestId },
    })
  })

  test('C-150 shows nothing internal on either door', () => {
    const error = iamError(code, { internal })
    const shown = JSON.stringify([renderProblem(error, requestId), renderCallable(error, requestId)])
    for (const part of ['PERMISSION_DENIED', '/srv', 'gserviceaccount', '"internal":'])
      expect(shown).not.toContain(part)
    expect(renderProblem(error, requestId)).toEqual(renderProblem(iamError(code), requestId))
  })

  test('I-09 is cached nowhere', () => {
    expect(problemOf(code).headers).toMatchObject(privateHeaders(requestId))
    expect(problemOf(code).headers['cache-control']).toBe('private, no-store')
  })
})

test('C-150 no fact beyond the public ones is ever shown, whatever an error was given', () => {
  const extra = fc.dictionary(fc.stringMatching(/^x[a-z]{3,8}$/), fc.string({ minLength: 1 }), { minKeys: 1 })
  fc.assert(
    fc.property(fc.constantFrom(...errorCodes), extra, (code, facts) => {
      const error = { ...facts, ...iamError(code, { internal, field: 'tenant' }) }
      const keys = [JSON.parse(renderProblem(error, requestId).body), renderCallable(error, requestId).details]
      for (const shown of keys) for (const name of Object.keys(facts)) expect(shown).not.toHaveProperty(name)
    }),
  )
})

test('what helps the caller is shown on both doors', () => {
  const facts = {
    field: 'scopes[2]',
    detail: 'It is unknown.',
    missing: ['notes.read'],
    retryAfterSeconds: 7,
    requiredAcr: 'urn:latchkey:fresh-login',
  }
  expect(problemOf('invalid_request', facts).json).toMatchObject(facts)
  expect(renderCallable(iamError('invalid_request', facts), requestId).details).toMatchObject(facts)
})

describe('headers', () => {
  test('a 401 names its challenge, and what a step-up needs', () => {
    expect(problemOf('invalid_token').headers['www-authenticate']).toBe('Bearer error="invalid_token"')
    const stepUp = problemOf('insufficient_user_authentication', { requiredAcr: 'urn:latchkey:fresh-login' })
    expect(stepUp.headers['www-authenticate']).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="urn:latchkey:fresh-login"',
    )
  })

  test('a missing scope is a challenge, a missing permission is none', () => {
    expect(problemOf('insufficient_scope').headers['www-authenticate']).toBe('Bearer error="insufficient_scope"')
    for (const code of ['permission_denied', 'not_found', 'rate_limited', 'internal'] as const) {
      expect(problemOf(code).headers).not.toHaveProperty('www-authenticate')
    }
  })

  test('a wait is told in seconds, and only where there is one', () => {
    expect(problemOf('rate_limited', { retryAfterSeconds: 12 }).headers['retry-after']).toBe('12')
    expect(problemOf('unavailable', { retryAfterSeconds: 0 }).headers['retry-after']).toBe('0')
    expect(problemOf('rate_limited').headers).not.toHaveProperty('retry-after')
  })

  test('C-147 no text from outside reaches a header', () => {
    const text = 'x\r\nset-cookie: a=b'
    const { headers } = problemOf('invalid_request', { field: text, detail: text, missing: [text] })
    expect(JSON.stringify(headers)).not.toContain('set-cookie')
  })
})

test('two refusals differ in nothing but the request id', () => {
  const [one, other] = ['req_1', 'req_2'].map((id) => JSON.stringify(renderProblem(iamError('not_found'), id)))
  expect(one?.replaceAll('req_1', 'req_2')).toBe(other)
})

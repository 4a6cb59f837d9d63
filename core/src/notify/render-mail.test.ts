// Mails: plain and HTML, escaped, of one line where a header wants one, and nothing that is fetched from elsewhere.
import { describe, expect, test } from 'vitest'
import { instantOf } from '../kernel/time.ts'
import { renderDigest, renderMail } from './render-mail.ts'

const preferences = 'https://app.latchkey.example/notifications'
const hostile = `</p><img src="https://evil.example/x.png"><script>alert('1')</script>\r\nBcc: all@evil.example`
const digest = (items: number, more: number) =>
  renderDigest(
    Array.from({ length: items }, (_, index) => ({ title: `Title ${index}`, text: hostile, at: instantOf(index) })),
    more,
    { preferences },
  )

describe.each([
  ['a single one', renderMail({ title: hostile, lines: [hostile, 'Second line.'] }, { preferences })],
  ['a digest', digest(3, 0)],
])('C-147 %s with a hostile name', (_what, mail) => {
  test('has a subject of one line', () => {
    expect(mail.subject).not.toMatch(/[\r\n]/)
  })

  test('escapes HTML and loads nothing', () => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe|style)\b|url\(|@import/i)
    expect(mail.html).not.toContain("alert('1')")
    expect(mail.html).toContain('&lt;script&gt;')
  })

  test('begins no line of the plain text with the header that it smuggles', () => {
    expect(mail.plain).not.toMatch(/^Bcc:/m)
  })
})

test('what can be switched off says where; what is about security says that it cannot', () => {
  const text = { title: 'Something happened', lines: ['Something.'] }
  expect(renderMail(text, { preferences }).plain).toContain(preferences)
  expect(renderMail(text, { preferences }).html).toContain(`href="${preferences}"`)
  const secure = renderMail(text, { preferences: undefined })
  expect(secure.plain).toContain('cannot be switched off')
  expect(secure.html).not.toContain('href')
})

test('a digest counts all of it, also what it does not list', () => {
  expect(digest(2, 5).subject).toBe('7 notifications')
  expect(digest(2, 5).plain).toContain('And 5 more')
  expect(digest(1, 0).subject).toBe('One notification')
  expect(digest(2, 0).html).not.toContain('more, in your list')
})

import { expect, test } from 'vitest'
import { renderReference } from './render-reference.ts'

test('the first heading is the title, and what is in it cannot become markup', () => {
  const { title, html } = renderReference('# Scopes & `<b>` roles\n\ntext', 'scopes')
  expect(title).toBe('Scopes & <b> roles')
  expect(html).toContain('<title>Scopes &amp; &lt;b> roles · Latchkey</title>')
})

test('without a heading the file name is the title', () => {
  expect(renderReference('text', 'errors').title).toBe('errors')
})

test('links between reference pages follow them, links elsewhere stay', () => {
  const { html } = renderReference('[a](roles.md#owner) [b](https://example.com/x.md) [c](#here)', 'x')
  expect(html).toContain('href="roles.html#owner"')
  expect(html).toContain('href="https://example.com/x.md"')
  expect(html).toContain('href="#here"')
})

test('a wide table scrolls by itself', () => {
  expect(renderReference('| a | b |\n|---|---|\n| 1 | 2 |', 'x').html).toContain('<div class="scroll"><table>')
})

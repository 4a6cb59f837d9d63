// The static files of both origins: the headers that Hosting sends with them, and pages that go on working under these.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { renderReference } from '../pages/render-reference.ts'
import { root } from '../root.ts'

interface Hosting {
  readonly target: string
  readonly public: string
  readonly ignore: readonly string[]
  readonly headers: readonly {
    readonly source: string
    readonly headers: readonly { readonly key: string; readonly value: string }[]
  }[]
}

const { hosting } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
  readonly hosting: readonly Hosting[]
}

const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'object-src': "'none'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'require-trusted-types-for': "'script'",
}
/** The console calls the API at its own origin; nothing of the issuer's pages calls anything yet. */
const policies: Readonly<Record<string, object>> = { app: { ...policy, 'connect-src': "'self'" }, id: policy }

const directives = (value: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    value.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ')
      return [name, sources.join(' ')]
    }),
  )

const loading =
  /<(?:script|link|img|iframe|source|audio|video|embed|object|form|input|use)\b[^>]*\b(?:src|href|srcset|data|action|formaction)="?(?:[a-z]+:|\/\/)/i

/** A sentence for whatever a strict policy would stop, or would have to allow for this page. */
const stopped = (page: string): readonly string[] => [
  ...(/<script\b(?![^>]*\bsrc=)/i.test(page) ? ['a script in the page'] : []),
  ...(/<script\b[^>]*>\s*[^\s<]/i.test(page) ? ['text in a script element'] : []),
  ...(/<style\b/i.test(page) ? ['a style in the page'] : []),
  ...(/<[^>]*\sstyle\s*=/i.test(page) ? ['a style attribute'] : []),
  ...(/<[^>]*\son[a-z]+\s*=/i.test(page) ? ['a handler in the page'] : []),
  ...(/\b(?:href|src|action)\s*=\s*["']?\s*(?:javascript|data|vbscript):/i.test(page)
    ? ['a script in an address']
    : []),
  ...(/<base\b/i.test(page) ? ['a base'] : []),
  ...(/<meta[^>]*http-equiv="?refresh/i.test(page) ? ['a page that moves on by itself'] : []),
  ...(loading.test(page) ? ['something of another origin'] : []),
]

const sinks =
  /\.(innerHTML|outerHTML|srcdoc)\b|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*['"`]|\.style\.cssText|setAttribute\(\s*'(?:style|on|src)/

describe.each(hosting)('the origin $target', ({ target, public: folder, headers }) => {
  const [everywhere] = headers
  const sent = new Map(everywhere?.headers.map(({ key, value }) => [key, value]))

  test('C-159 says with every file what a page may load, and that nobody frames it', () => {
    expect(everywhere?.source).toBe('**')
    expect(directives(sent.get('Content-Security-Policy') ?? '')).toEqual(policies[target])
    expect(sent.get('X-Frame-Options')).toBe('DENY')
    expect(sent.get('X-Content-Type-Options')).toBe('nosniff')
    expect(sent.get('Referrer-Policy')).toBe('no-referrer')
  })

  test('C-159 stays with TLS for two years, gives no page a sensor, and shares no window or file with others', () => {
    expect(sent.get('Strict-Transport-Security')).toBe('max-age=63072000; includeSubDomains')
    expect(sent.get('Permissions-Policy')?.split(', ')).toEqual(
      expect.arrayContaining(['camera=()', 'geolocation=()', 'microphone=()', 'payment=()', 'usb=()']),
    )
    expect(sent.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(sent.get('Cross-Origin-Resource-Policy')).toBe('same-origin')
  })

  test('C-159 takes none of it back for a folder of its own', () => {
    const later = headers.slice(1).flatMap((rule) => rule.headers.map(({ key }) => key))
    expect(later.filter((key) => key !== 'Cache-Control')).toEqual([])
  })

  const pages = globSync('**/*.html', { cwd: join(root, folder) }).toSorted()
  test('C-159 has pages that need nothing else', () => {
    expect(pages).toContain('index.html')
    const found = pages.map((page) => [page, stopped(readFileSync(join(root, folder, page), 'utf8'))] as const)
    expect(found.filter(([, faults]) => faults.length > 0)).toEqual([])
  })

  test('C-159 has scripts that make no markup out of text, and pictures without scripts', () => {
    const text = (file: string) => readFileSync(join(root, folder, file), 'utf8')
    expect(globSync('**/*.js', { cwd: join(root, folder) }).filter((file) => sinks.test(text(file)))).toEqual([])
    const pictures = globSync('**/*.svg', { cwd: join(root, folder) })
    expect(pictures.filter((file) => /<script|\son[a-z]+=|<foreignObject|style=/i.test(text(file)))).toEqual([])
  })
})

test('C-159 a page of the reference needs nothing else either', () => {
  const { html } = renderReference('# Errors\n\n| code |\n| --- |\n| `internal` |\n\n```json\n{}\n```\n', 'errors')
  expect(stopped(html)).toEqual([])
})

test('C-159 what a page must not have is found', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '<script src="/a.js">alert(1)</script>',
    '<style>p { color: red }</style>',
    '<p style="color: red">',
    '<img src="/a.png" onerror="alert(1)">',
    '<a href="javascript:alert(1)">',
    '<base href="/elsewhere/">',
    '<meta http-equiv="refresh" content="0; url=/elsewhere">',
    '<script src="https://cdn.example/a.js"></script>',
    '<link rel="stylesheet" href="//cdn.example/a.css">',
    '<form action="https://elsewhere.example/">',
  ]
  expect(hostile.filter((page) => stopped(page).length === 0)).toEqual([])
  expect(stopped('<a href="https://elsewhere.example/">a link</a>')).toEqual([])
})

test('what the stack writes for its own status page, demo passwords among it, is deployed nowhere', () => {
  const app = hosting.find(({ target }) => target === 'app')
  expect(app?.ignore).toContain('local.json')
})

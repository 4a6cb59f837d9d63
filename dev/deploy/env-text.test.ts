// The settings file is read back by the firebase CLI itself, so what was written is what the functions get.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { envFile, readSettings } from './env-text.ts'

const { parse } = createRequire(import.meta.url)('firebase-tools/lib/functions/env') as {
  readonly parse: (text: string) => {
    readonly envs: Readonly<Record<string, string>>
    readonly errors: readonly string[]
  }
}

const settings = {
  LK_ISSUER: 'https://id.acme.example',
  LK_SCANNER_KEYS: 'github-1 MFkw"EwYH\\Ko\nother-2 MFkw',
  LK_TRUSTED_HOPS: '2',
}

test('the firebase CLI reads what was written, line breaks and quotes included', () => {
  const { project, text } = envFile('latchkey-prod', JSON.stringify(settings))
  expect(project).toBe('latchkey-prod')
  expect(parse(text)).toEqual({ envs: settings, errors: [] })
  expect(readSettings(text)).toEqual(settings)
})

test.each([
  ['no project', undefined, JSON.stringify(settings)],
  ['an emulators’ project', 'demo-latchkey', JSON.stringify(settings)],
  ['a path', '../../etc/passwd', JSON.stringify(settings)],
  ['nothing', 'latchkey-prod', ''],
  ['an empty map', 'latchkey-prod', '{}'],
  ['a list', 'latchkey-prod', '["LK_ISSUER"]'],
  ['a setting of somebody else', 'latchkey-prod', '{"PATH":"/bin"}'],
  ['a number', 'latchkey-prod', '{"LK_TRUSTED_HOPS":2}'],
])('%s is refused', (_what, project, output) => {
  expect(() => envFile(project, output)).toThrow()
})

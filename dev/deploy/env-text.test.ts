// The settings file is read back by the firebase CLI itself, so what was written is what the functions get.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { envFile, projectFault, readSettings } from './env-text.ts'

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
  const text = envFile('latchkey-prod', JSON.stringify(settings))
  expect(parse(text)).toEqual({ envs: settings, errors: [] })
  expect(readSettings(text)).toEqual(settings)
})

test.each(['', 'demo-latchkey', '../../etc/passwd', 'X', 'Latchkey-prod'])(
  '“%s” is no project to deploy to',
  (project) => {
    expect(projectFault(project)).toBeTypeOf('string')
    expect(projectFault('latchkey-prod')).toBeUndefined()
  },
)

test.each([
  ['nothing', '', 'Pipe in'],
  ['an empty map', '{}', 'Pipe in'],
  ['a list', '["LK_ISSUER"]', 'Pipe in'],
  ['a setting of somebody else', '{"PATH":"/bin"}', 'PATH is no setting'],
  ['a number', '{"LK_TRUSTED_HOPS":2}', 'no setting'],
  [
    'another project’s outputs',
    '{"LK_KMS_KEY_RING":"projects/latchkey-dev/locations/us-central1/keyRings/latchkey"}',
    'settings of latchkey-dev',
  ],
])('%s is refused', (_what, output, sentence) => {
  expect(() => envFile('latchkey-prod', output)).toThrow(sentence)
})

// Whom one entry for the whole platform is told: everybody who keeps the head, wherever their service belongs.
import { expect, test } from 'vitest'
import { containersOf, tenantsOf } from '../../platform/store/containers.ts'
import { heardBy } from './audience.ts'

test.each([[['agy_1', 'platform']], [['acc_1', 'agy_1', 'platform']], [['platform']]])(
  'F-38 a service of %j hears of what ends on the whole platform, and its stream begins anew with its key',
  (chain) => {
    const writes = ['catalogue/head', 'tenants/platform/policy/current'].map(
      (path) => ({ kind: 'update', path, fields: {} }) as const,
    )
    const event = { changed: containersOf(writes), tenants: tenantsOf('platform', writes, ['tenant:platform']) }
    expect(heardBy(event, { chain }, () => undefined)).toEqual(['catalogue', 'policy:platform'])
  },
)

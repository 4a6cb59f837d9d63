// `npm run found`, as an operator runs it in an empty project: and a second run changes nothing, unless nobody is left who owns it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../dev/root.ts'
import { clearFirestore, endpoints } from '../support/stack.ts'
import { damage, storedDocuments } from '../support/stored-documents.ts'

it('F-14 F-38 founds the platform once, and shows its secrets once', async () => {
  const project = `demo-found-${Date.now()}`
  const run = () =>
    spawnSync(
      process.execPath,
      [join(root, 'dev', 'found.ts'), '--project', project, '--owner', 'ada@platform.example'],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          FIRESTORE_EMULATOR_HOST: endpoints.firestore,
          FIREBASE_AUTH_EMULATOR_HOST: endpoints.auth.replace('http://', ''),
          PUBSUB_EMULATOR_HOST: endpoints.pubsub,
        },
      },
    )
  const first = run()
  expect(first.status, first.stderr).toBe(0)
  expect(first.stdout).toMatch(/lk_inv_[0-9A-Za-z]{71}/)
  const [secret = ''] = /lk_api_[0-9A-Za-z]{71}/.exec(first.stdout) ?? []
  const second = run()
  expect(second.status).toBe(2)
  expect(second.stderr).toContain('founded before')
  expect(second.stdout).not.toMatch(/lk_(inv|api)_/)
  const documents = await storedDocuments(project)
  expect(documents.get(`credentials/${secret.slice(7, 29)}`)).toMatchObject({ status: { stringValue: 'active' } })
  expect(documents.get('tenants/platform')).toMatchObject({ status: { stringValue: 'active' } })
  expect(JSON.stringify([...documents])).not.toContain(secret)
  // Nobody owns it, and the offer of its first owner is over: as after a restore in which the last owner was lost.
  const [offer = ''] = [...documents.keys()].filter((path) => path.startsWith('tenants/platform/invitations/'))
  await damage(project, offer, { status: { stringValue: 'accepted' } })
  const third = run()
  expect(third.status, third.stderr).toBe(0)
  expect(third.stdout).toMatch(/no owner any more.*\s.*lk_inv_[0-9A-Za-z]{71}/)
  expect(third.stdout).not.toMatch(/lk_api_/)
  expect(run().status).toBe(2)
  await clearFirestore(project)
}, 60_000)

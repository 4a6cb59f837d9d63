// `npm run found -- --project <id> --owner <mailbox>`: the first act of an installation, by an operator who may write its database. Its secrets are shown once.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogueDocument } from '@latchkey/core/catalogue/schema'
import { createApp } from '../functions/src/app.ts'
import { foundPlatform, inviteLostOwner } from '../functions/src/groups/found-platform.ts'
import { projectFault } from './deploy/env-text.ts'
import { failPlainly } from './operator/fail-plainly.ts'
import { readOptions, refuse } from './operator/read-options.ts'
import { settingsOf } from './operator/settings-of.ts'
import { root } from './root.ts'

const usage = 'Usage: npm run found -- --project <id> --owner <mailbox of the first platform owner>'
const { project = '', owner = '' } = readOptions(usage, { project: { type: 'string' }, owner: { type: 'string' } })
const fault = project.startsWith('demo-') ? undefined : projectFault(project)
if (fault !== undefined) refuse(fault, usage)
if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(owner)) refuse('Say whose the platform is: --owner <mailbox>.', usage)
failPlainly()

const app = createApp({ ...process.env, ...settingsOf(project), GCLOUD_PROJECT: project })
const founded = await foundPlatform(app, newestCatalogue(), owner)
if (founded === undefined) await inviteAgain()
else
  console.log(`The platform is founded. Both of these are shown once, and neither can be read again:

  invitation of ${owner}, taken up with members/acceptInvitation after signing in with that mailbox, within seven days:
    ${founded.ownerInvitation}

  key of the provisioner, which founds agencies and stops tenants, for 90 days:
    ${founded.provisionerSecret}`)
process.exit(0) // clients keep connections open

/** After a restore in which whoever owned the platform has lost it. */
async function inviteAgain(): Promise<void> {
  const secret = await inviteLostOwner(app, owner)
  if (secret === undefined) stop('This platform was founded before; nothing was changed.')
  console.log(`This platform had no owner any more. Shown once: an invitation of ${owner}, good for seven days:
    ${secret}`)
}

function newestCatalogue(): CatalogueDocument {
  const folder = join(root, 'core', 'src', 'catalogue', 'data')
  const [newest = ''] = readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}\.json$/.test(name))
    .toSorted()
    .toReversed()
  return JSON.parse(readFileSync(join(folder, newest), 'utf8')) as CatalogueDocument
}

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}

// Plans an environment with no cloud at hand, and puts together what the policies look at.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hmacPurposes } from '@latchkey/core/signing/secret-versions'
import { smtpSecret } from '../../functions/src/platform/mail.ts'
import { secretOf } from '../../functions/src/rooms/signing/secrets/hmac-keys.ts'
import { goldenManifestFile } from '../checks/functions-deploy.ts'
import { settingsRead } from '../deploy/settings-read.ts'
import { root } from '../root.ts'
import { readPlans, resourcesOf } from './modules/read-plans.ts'
import type { Judged } from './policies/plan.ts'
import { readLogLines } from './read-log-lines.ts'
import { readPromises, readRunbooks } from './read-promises.ts'
import { readSites } from './read-sites.ts'
import type { Terraform } from './run-terraform.ts'

/** Throws with what Terraform said when the environment's own tests fail. */
export const judgeEnvironment = async (terraform: Terraform, environment: string): Promise<Judged> => {
  const where = join('environments', environment)
  const { code, output } = await terraform.run(where, 'test', '-json', '-verbose')
  const plans = readPlans(output)
  const [plan, closed] = [plans.get('plan'), plans.get('closed')]
  if (code !== 0 || plan === undefined || closed === undefined) throw new Error(output)
  return {
    resources: resourcesOf(plan),
    whenClosed: resourcesOf(closed),
    settings: (plan.output_changes['settings']?.after ?? {}) as Judged['settings'], // a map, by its definition
    endpoints: (JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as Pick<Judged, 'endpoints'>).endpoints,
    files: terraformFiles(),
    read: settingsRead(),
    secrets: { renewed: hmacPurposes.map(secretOf), given: [smtpSecret] },
    sites: readSites(),
    said: readLogLines(),
    promises: readPromises(),
    runbooks: readRunbooks(),
  }
}

const terraformFiles = (): Judged['files'] =>
  Object.fromEntries(
    globSync('terraform/**/*.tf', { cwd: root }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
  )

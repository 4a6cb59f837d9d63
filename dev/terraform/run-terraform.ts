// Runs Terraform on a copy of our files, against a provider that only knows its schema: nothing is fetched, no cloud is asked, and no lock file is left.
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../root.ts'

const folder = join(root, '.build', 'terraform')
const version = '6.50.0'
const systems: Readonly<Record<string, string>> = { win32: 'windows' }
const machines: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }
const platform = `${systems[process.platform] ?? process.platform}_${machines[process.arch] ?? process.arch}`

export interface TerraformRun {
  readonly code: number
  readonly output: string
}

export interface Terraform {
  /** `where`: below the copied folder. */
  readonly run: (where: string, ...args: readonly string[]) => Promise<TerraformRun>
  /** Adds a file to the copy. */
  readonly write: (file: string, text: string) => void
}

/** Rejects with one sentence when there is no Terraform. */
export const prepareTerraform = async (files: string, name: string): Promise<Terraform> => {
  const work = join(folder, name)
  rmSync(work, { recursive: true, force: true })
  cpSync(files, work, { recursive: true, filter: (path) => !/\.terraform|\.tfstate|\.lock\.hcl$/.test(path) })
  // Of its own, since several tests may prepare at once.
  const [config, mirror] = [join(folder, `${name}.rc`), join(folder, `${name}-mirror`)]
  const environment = { ...process.env, TF_CLI_CONFIG_FILE: config, TF_DISABLE_PLUGIN_TLS: '1', TF_IN_AUTOMATION: '1' }
  const run: Terraform['run'] = (where, ...args) => spawned([...args, '-no-color'], join(work, where), environment)
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, `disable_checkpoint = true\n`)
  makeProvider(mirror, await sourceOf(run, join(work, 'source')))
  writeFileSync(
    config,
    `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  )
  return {
    run,
    write: (file, text) => {
      mkdirSync(dirname(join(work, file)), { recursive: true })
      writeFileSync(join(work, file), text)
    },
  }
}

/** How Terraform calls the provider `hashicorp/google` in full: it is asked, not told. */
const sourceOf = async (run: Terraform['run'], scratch: string): Promise<string> => {
  mkdirSync(scratch, { recursive: true })
  writeFileSync(
    join(scratch, 'main.tf'),
    'terraform {\n  required_providers {\n    google = { source = "hashicorp/google" }\n  }\n}\n',
  )
  const { output } = await run('source', 'providers')
  const source = /provider\[([^\]]+)\]/.exec(output)?.[1]
  if (source === undefined) throw new Error(`Terraform does not say where its providers come from:\n${output}`)
  return source
}

const makeProvider = (mirror: string, source: string): void => {
  const place = join(mirror, source, version, platform)
  mkdirSync(place, { recursive: true })
  const executable = join(place, `terraform-provider-google_v${version}`)
  const script = join(root, 'emulators', 'src', 'terraform', 'provider.ts')
  writeFileSync(executable, `#!/bin/sh\nexec "${process.execPath}" "${script}"\n`)
  chmodSync(executable, 0o755)
}

const spawned = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<TerraformRun> =>
  new Promise((resolve, reject) => {
    const child = spawn('terraform', [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8')
      })
    child.once('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT'
      reject(
        isMissing
          ? new Error('Terraform is missing: install version 1.9 or newer, so that `terraform` is found.')
          : error,
      )
    })
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })

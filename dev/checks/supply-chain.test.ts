// What is installed is what was looked at: every package by its digest, every version exact, and no script of a package that nobody has read.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../root.ts'

interface Locked {
  readonly link?: boolean
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly workspaces?: readonly string[]
}

const json = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'))
const { workspaces = [] } = json('package.json') as Manifest

/** Read: they choose a binary of this platform, set a default, or only print. The functions are installed without any (`npm test -- --only deploy`). */
const scriptsRead = ['@firebase/util', 'protobufjs', 'esbuild', 'node']

/** Our own folders are no packages of somebody else's. */
const isOurs = (path: string): boolean => path === '' || workspaces.includes(path) || /\/dev\/stubs\//.test(path)
const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? ''

const lockFaults = (packages: Readonly<Record<string, Locked>>): readonly string[] =>
  Object.entries(packages)
    .filter(([path, { link }]) => !isOurs(path) && link !== true)
    .flatMap(([path, { integrity, hasInstallScript }]) => [
      ...(integrity?.startsWith('sha512-') ? [] : [`${path} has no digest`]),
      ...(hasInstallScript && !scriptsRead.includes(nameOf(path))
        ? [`${path} runs a script when it is installed`]
        : []),
    ])

const manifestFaults = ({ scripts = {}, dependencies, devDependencies }: Manifest): readonly string[] => [
  ...Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare|publish|pack)$|^prepublishOnly$/.test(name)),
  ...Object.entries({ ...dependencies, ...devDependencies })
    .filter(([name, version]) => !name.startsWith('@latchkey/') && !/^(\d+\.\d+\.\d+(-[\w.]+)?|file:.+)$/.test(version))
    .map(([name, version]) => `${name} ${version}`),
]

test.each([
  'package-lock.json',
  'functions/package-lock.json',
  'bench/package-lock.json',
  'mutation/package-lock.json',
])('C-157 %s pins every package by its digest, and lets none run a script that was not read', (file) => {
  const { packages } = json(file) as { readonly packages: Readonly<Record<string, Locked>> }
  expect(Object.keys(packages).length).toBeGreaterThan(10)
  expect(lockFaults(packages)).toEqual([])
})

test.each(['.', ...workspaces])('C-157 %s asks for exact versions, and runs nothing when it is installed', (folder) => {
  expect(manifestFaults(json(join(folder, 'package.json')) as Manifest)).toEqual([])
})

test('C-157 a package without a digest, a new script and a range are found', () => {
  expect(lockFaults({ '': {}, 'node_modules/a': {}, 'node_modules/b': { integrity: 'sha1-x' } })).toHaveLength(2)
  expect(lockFaults({ 'node_modules/a': { integrity: 'sha512-x', hasInstallScript: true } })).toEqual([
    'node_modules/a runs a script when it is installed',
  ])
  expect(manifestFaults({ scripts: { postinstall: 'x' }, dependencies: { a: '^1.0.0', b: 'latest' } })).toHaveLength(3)
})

// Compares the lockfile that is uploaded with the functions to their package.json and to the lockfile of the repository.

type Locked = {
  readonly version?: string
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
export type Lock = { readonly packages: Readonly<Record<string, Locked>> }
export type PackageJson = Pick<Locked, 'dependencies' | 'devDependencies'>

/** One line for each disagreement; none means that the cloud installs what was tested here. */
export function compareLocks(wanted: PackageJson, uploaded: Lock, repository: Lock): string[] {
  return [...staleEntries(wanted, uploaded), ...links(uploaded), ...otherVersions(uploaded, repository)]
}

function staleEntries(wanted: PackageJson, uploaded: Lock): string[] {
  const locked = uploaded.packages[''] ?? {}
  return (['dependencies', 'devDependencies'] as const).flatMap((kind) => {
    const names = new Set([...Object.keys(wanted[kind] ?? {}), ...Object.keys(locked[kind] ?? {})])
    return [...names]
      .filter((name) => wanted[kind]?.[name] !== locked[kind]?.[name])
      .map(
        (name) =>
          `${name} is ${wanted[kind]?.[name] ?? 'gone'} in package.json, ${locked[kind]?.[name] ?? 'absent'} in its lock.`,
      )
  })
}

/** A link leads to a folder of this machine, which is not uploaded. */
function links(uploaded: Lock): string[] {
  return Object.entries(uploaded.packages)
    .filter(([, entry]) => entry.link === true || entry.resolved?.startsWith('file:') === true)
    .map(([path]) => `${path} is a link.`)
}

/** Where a package lies in the tree may differ; which of its versions can be loaded may not. */
function otherVersions(uploaded: Lock, repository: Lock): string[] {
  const known = new Set(entries(repository).map(({ name, version }) => `${name}@${version}`))
  return entries(uploaded)
    .filter(({ name, version }) => !known.has(`${name}@${version}`))
    .map(({ name, version }) => `${name} ${version} is not the version in the repository's lock.`)
}

function entries(lock: Lock): { readonly name: string; readonly version: string }[] {
  return Object.entries(lock.packages).flatMap(([path, { version }]) => {
    const name = path.split('node_modules/').at(-1)
    return name && version && path.includes('node_modules/') ? [{ name, version }] : []
  })
}

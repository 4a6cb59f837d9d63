// The deployed sizes of the functions that capacity depends on, from the manifest.
import { readFileSync } from 'node:fs'
import { goldenManifestFile } from '../../checks/functions-deploy.ts'

interface Endpoint {
  readonly concurrency: number
  readonly maxInstances: number
  readonly availableMemoryMb: number
}

export interface Sizes {
  /** Of the function that answers services. */
  readonly concurrency: number
  readonly maxInstances: number
  readonly memoryGiB: number
  /** Of the function that issues tokens. */
  readonly maxIssuers: number
}

export const readSizes = (): Sizes => {
  // Cast: our own golden file, which a test compares with what is deployed.
  const { endpoints } = JSON.parse(readFileSync(goldenManifestFile, 'utf8')) as {
    readonly endpoints: Readonly<Record<string, Endpoint>>
  }
  const sizeOf = (name: string): Endpoint => {
    const found = endpoints[name]
    if (found === undefined) throw new Error(`The manifest has no function \`${name}\`.`)
    return found
  }
  const { concurrency, maxInstances, availableMemoryMb } = sizeOf('authz')
  return { concurrency, maxInstances, memoryGiB: availableMemoryMb / 1024, maxIssuers: sizeOf('api').maxInstances }
}

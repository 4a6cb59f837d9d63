// A whole database of the Firestore emulator, out into a folder and into another project: what a backup and its restoring are here.
import { expect } from 'vitest'
import { endpoints } from './stack.ts'

export const copyDatabase = async (projectId: string, verb: 'export' | 'import', body: object): Promise<void> => {
  const response = await fetch(`http://${endpoints.firestore}/emulator/v1/projects/${projectId}:${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ database: `projects/${projectId}/databases/(default)`, ...body }),
  })
  expect(response.status, await response.text()).toBe(200)
}

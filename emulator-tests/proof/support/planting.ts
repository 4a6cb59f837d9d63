// Many documents at once, past every door: to see an agency as large as the largest without waiting for it to grow.
import { endpoints } from '../../support/stack.ts'
import type { RestFields } from '../../support/stored-documents.ts'

/** Firestore's own bound on one batch. */
const atOnce = 500

export const plantMany = async (
  projectId: string,
  documents: readonly (readonly [path: string, fields: RestFields])[],
): Promise<void> => {
  const root = `projects/${projectId}/databases/(default)/documents`
  for (let from = 0; from < documents.length; from += atOnce) {
    const batch = documents.slice(from, from + atOnce)
    const writes = batch.map(([path, fields]) => ({ update: { name: `${root}/${path}`, fields } }))
    const response = await fetch(`http://${endpoints.firestore}/v1/${root}:batchWrite`, {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' }, // the emulator's administrator
      body: JSON.stringify({ writes }),
    })
    if (!response.ok) throw new Error(`batchWrite: ${response.status} ${await response.text()}`)
  }
}

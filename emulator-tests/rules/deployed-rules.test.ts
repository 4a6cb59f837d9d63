// What the emulator enforces, for whichever project, is the file that is deployed: whoever tries something by hand tries the real rules.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../dev/root.ts'
import { endpoints } from '../support/stack.ts'

test('C-155 a project that nobody has given rules has those of firebase.json', async () => {
  const { firestore } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
    readonly firestore: { readonly rules: string }
  }
  const project = `demo-${randomUUID().slice(0, 13)}`
  const answer = await fetch(`http://${endpoints.firestore}/emulator/v1/projects/${project}:ruleCoverage`)
  const { rules } = (await answer.json()) as {
    readonly rules: { readonly files: readonly { readonly content: string }[] }
  }
  expect(rules.files.map(({ content }) => content)).toEqual([readFileSync(join(root, firestore.rules), 'utf8')])
  const denied = await fetch(
    `http://${endpoints.firestore}/v1/projects/${project}/databases/(default)/documents/tenants/t/members/m`,
  )
  expect(denied.status).toBe(403)
})

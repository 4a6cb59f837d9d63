// Seeds a stack whose state has never been seeded, and saves the result before saying so.
import { existsSync, writeFileSync } from 'node:fs'
import { seed } from '../../seed.ts'
import type { Endpoints } from '../endpoints.ts'
import { adoptNewestExport, type StateFolder } from './state-folder.ts'

export async function seedOnce(endpoints: Endpoints, state: StateFolder, say: (line: string) => void): Promise<void> {
  if (existsSync(state.seeded)) return
  await seed(endpoints, say)
  await saveNow(endpoints, state) // else a crash would leave the marker without the data
  writeFileSync(state.seeded, `${new Date().toISOString()}\n`)
}

async function saveNow(endpoints: Endpoints, state: StateFolder): Promise<void> {
  const response = await fetch(`${endpoints.hub}/_admin/export`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: state.nextExport, initiatedBy: 'latchkey' }),
  })
  if (!response.ok) throw new Error(`The emulators could not save their state: ${await response.text()}`)
  adoptNewestExport(state)
}

// Writes what the local status page shows: `local.json`, and the reference pages rendered from Markdown.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../root.ts'
import { host } from '../stack/ports.ts'
import type { Stack } from '../stack/start-stack.ts'
import { readDemo } from './demo.ts'
import { renderReference } from './render-reference.ts'

const source = join(root, 'docs', 'reference')
const site = join(root, 'console', 'public')

type Row = { readonly name: string; readonly what: string; readonly url: string; readonly health: string }

export function writePages(stack: Stack): void {
  const reference = writeReference()
  const { logins, curl } = readDemo(stack)
  const { projectId } = stack.endpoints
  const page = { projectId, startedAt: new Date().toISOString(), rows: rows(stack), logins, curl, reference }
  writeFileSync(join(site, 'local.json'), `${JSON.stringify(page, undefined, 2)}\n`)
}

function rows({ endpoints, ports }: Stack): Row[] {
  const row = (name: string, what: string, url: string, health = url): Row => ({ name, what, url, health })
  return [
    row('Console', 'this page, until the console moves in', endpoints.app),
    row('Identity', 'issuer, sign-in and OAuth', endpoints.id),
    row('Functions', 'the deployed backend', endpoints.functions, `http://${host}:${ports.functions}`),
    row('Firestore', 'data and rules', `http://${endpoints.firestore}`),
    row('Auth', 'people and their sign-ins', endpoints.auth),
    row('Pub/Sub', 'events between jobs', `http://${endpoints.pubsub}`),
    row('Tasks', 'retried deliveries', `http://${endpoints.tasks}`),
    row('KMS and secrets', 'keys that guard keys (gRPC)', endpoints.kms, `${endpoints.kmsControl}/faults`),
  ]
}

function writeReference(): { readonly title: string; readonly href: string }[] {
  const target = join(site, 'reference')
  rmSync(target, { recursive: true, force: true })
  if (!existsSync(source)) return []
  const pages = readdirSync(source).filter((file) => file.endsWith('.md'))
  if (pages.length > 0) mkdirSync(target, { recursive: true })
  return pages.toSorted().map((file) => {
    const { title, html } = renderReference(readFileSync(join(source, file), 'utf8'), basename(file, '.md'))
    const name = `${basename(file, '.md')}.html`
    writeFileSync(join(target, name), html)
    return { title, href: `/reference/${name}` }
  })
}

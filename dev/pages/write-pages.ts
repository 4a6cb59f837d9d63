// Writes what the local status page shows: `local.json`, and the reference pages rendered from Markdown.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../root.ts'
import { host } from '../stack/ports.ts'
import type { Stack } from '../stack/start-stack.ts'
import { readDemo } from './demo.ts'
import { renderReference } from './render-reference.ts'

const docs = join(root, 'docs')
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
    row('Mails', 'caught instead of sent', endpoints.mails),
    row('KMS and secrets', 'keys that guard keys (gRPC)', endpoints.kms, `${endpoints.kmsControl}/faults`),
  ]
}

type Link = { readonly title: string; readonly href: string }

/** The generated reference first, then the index of the error pages; error pages are reached from there. */
function writeReference(): Link[] {
  const raw = ['callables.json', 'openapi.json'].filter((file) => existsSync(join(docs, 'reference', file)))
  const pages = [
    ...writeFolder('reference'),
    ...writeFolder('errors').filter(({ href }) => href === '/errors/README.html'),
  ]
  for (const file of raw) copyFileSync(join(docs, 'reference', file), join(site, 'reference', file))
  return [...pages, ...raw.map((file) => ({ title: file, href: `/reference/${file}` }))]
}

function writeFolder(folder: 'reference' | 'errors'): Link[] {
  const target = join(site, folder)
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  if (!existsSync(join(docs, folder))) return []
  const pages = readdirSync(join(docs, folder)).filter((file) => file.endsWith('.md'))
  return pages.toSorted().map((file) => {
    const { title, html } = renderReference(readFileSync(join(docs, folder, file), 'utf8'), basename(file, '.md'))
    const name = `${basename(file, '.md')}.html`
    writeFileSync(join(target, name), html)
    return { title, href: `/${folder}/${name}` }
  })
}

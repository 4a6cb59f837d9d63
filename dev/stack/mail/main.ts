// The mail catcher as a process of its own: SMTP on one port; on another, what it has caught, as JSON, the newest first.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { host } from '../ports.ts'
import { startMailCatcher } from './mail-catcher.ts'

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'http-port': { type: 'string' }, folder: { type: 'string' } },
})

const catcher = await startMailCatcher({
  port: Number(values.port),
  ...(values.folder === undefined ? {} : { folder: values.folder }),
})

const web = createServer((request, response) => {
  if (request.method === 'DELETE') catcher.clear()
  const shown = catcher.mails().toReversed()
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.end(`${JSON.stringify(shown, undefined, 2)}\n`)
}).listen(Number(values['http-port']), host)

console.log(`Mail is caught on ${host}:${catcher.port} and shown at http://${host}:${values['http-port']}/mails`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    web.close()
    web.closeAllConnections()
    void catcher.close()
  })

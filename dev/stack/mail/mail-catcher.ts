// An SMTP server that delivers nothing: it keeps what it was handed, in memory and as files, for people and tests to read.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { host } from '../ports.ts'
import { type CaughtMail, readMail } from './read-mail.ts'

/** How a test lets it misbehave: refuse for good, refuse for now, or take a mail and hang up without a word. */
export type Misbehaviour = 'refuse' | 'later' | 'take and hang up'

export type MailCatcher = {
  readonly port: number
  /** The oldest first. */
  readonly mails: () => readonly CaughtMail[]
  readonly clear: () => void
  /** Towards the next so many mails; undefined behaves again. */
  readonly misbehave: (how: Misbehaviour | undefined, times?: number) => void
  readonly close: () => Promise<void>
}

export type CatcherOptions = {
  /** 0 takes any that is free. */
  readonly port: number
  /** Where mails are kept over restarts; only in memory without one. */
  readonly folder?: string
}

const mostKept = 1_000

export async function startMailCatcher({ port, folder }: CatcherOptions): Promise<MailCatcher> {
  const mails = keeper(folder)
  const sockets = new Set<Socket>()
  let fault: { readonly how: Misbehaviour; times: number } | undefined
  const takeFault = (): Misbehaviour | undefined => {
    if (fault === undefined || fault.times <= 0) return undefined
    fault.times--
    return fault.how
  }
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => void sockets.delete(socket)))
    converse(socket, mails.add, takeFault)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  return {
    port: portOf(server),
    mails: mails.all,
    clear: mails.clear,
    misbehave: (how, times = 1) => {
      fault = how === undefined ? undefined : { how, times }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail catcher does not listen.')
  return address.port
}

function keeper(folder: string | undefined) {
  const fileOf = (index: number) => join(folder ?? '', `${String(index).padStart(6, '0')}.eml`)
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const kept: CaughtMail[] = folder === undefined ? [] : readFolder(folder)
  let count = folder === undefined ? 0 : Number(readdirSync(folder).sort().at(-1)?.slice(0, 6) ?? -1) + 1
  return {
    all: () => kept,
    add: (mail: CaughtMail) => {
      kept.push(mail)
      if (folder !== undefined) writeFileSync(fileOf(count++), `X-Caught-For: ${mail.to.join(', ')}\r\n${mail.raw}`)
      if (kept.length > mostKept) kept.shift()
      if (folder !== undefined && count > mostKept) rmSync(fileOf(count - 1 - mostKept), { force: true })
    },
    clear: () => {
      kept.length = 0
      if (folder !== undefined) for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true })
    },
  }
}

function readFolder(folder: string): CaughtMail[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.eml'))
  return names.sort().map((name) => {
    const raw = readFileSync(join(folder, name), 'utf8')
    return readMail(raw, /^X-Caught-For: (.*)/.exec(raw)?.[1]?.trim().split(', ') ?? [])
  })
}

const answers = {
  keep: '250 2.0.0 Kept',
  refuse: '550 5.1.1 No such mailbox',
  later: '451 4.3.0 Try again later',
} as const

/** RFC 5321 as far as a client without extensions goes. */
function converse(socket: Socket, add: (mail: CaughtMail) => void, takeFault: () => Misbehaviour | undefined): void {
  let [rest, body, to]: [string, string | undefined, string[]] = ['', undefined, []]
  const say = (line: string) => socket.write(`${line}\r\n`)
  const finish = () => {
    const how = takeFault()
    const mail = readMail((body ?? '').replace(/^\.\./gm, '.'), to)
    body = undefined
    if (how === undefined || how === 'take and hang up') add(mail)
    if (how === 'take and hang up') socket.destroy()
    else say(answers[how ?? 'keep'])
  }
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'MAIL' || verb === 'RSET') to = []
    if (verb === 'RCPT') to = [...to, /<([^>]*)>/.exec(line)?.[1] ?? '']
    if (verb === 'DATA') body = ''
    say(verb === 'DATA' ? '354 Go on' : verb === 'QUIT' ? '221 2.0.0 Bye' : '250 OK')
    if (verb === 'QUIT') socket.end()
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (body === undefined) command(line)
      else if (line === '.') finish()
      else body += `${line}\r\n`
    }
  })
  say('220 mail catcher')
}

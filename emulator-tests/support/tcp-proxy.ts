// A connection that can be cut: what lies behind it is down for whoever comes through it, and for nobody else.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  /** `host:port`. */
  readonly host: string
  /** From now on nothing gets through, and what was open is closed. */
  readonly cut: () => void
  readonly mend: () => void
  readonly close: () => Promise<void>
}

export const tcpProxy = async (target: string): Promise<TcpProxy> => {
  const [host = '', port = ''] = target.split(':')
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy()
    const upstream = connect(Number(port), host)
    for (const one of [socket, upstream]) {
      open.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        open.delete(one)
        socket.destroy()
        upstream.destroy()
      })
    }
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const destroyAll = (): void => {
    for (const one of open) one.destroy()
  }
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true
      destroyAll()
    },
    mend: () => {
      isCut = false
    },
    close: async () => {
      destroyAll()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

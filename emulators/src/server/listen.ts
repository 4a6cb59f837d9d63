/** Binds the gRPC and the control server to the loopback address, the only one these emulators ever listen on. */
import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { type Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js'

export const LOOPBACK = '127.0.0.1'

export class PortTakenError extends Error {
  constructor(port: number, purpose: string) {
    super(`Port ${port} on ${LOOPBACK} is taken, so the ${purpose} cannot start. Stop what holds it or choose another.`)
    this.name = 'PortTakenError'
  }
}

/** The gRPC library reports the cause in its text alone, Node's HTTP server as a code that is also in its text. */
const explained = (error: unknown, port: number, purpose: string): unknown =>
  error instanceof Error && error.message.includes('EADDRINUSE') ? new PortTakenError(port, purpose) : error

/** @returns the port that was bound, of interest when 0 asked for any. */
export function listenGrpc(server: GrpcServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${LOOPBACK}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(explained(error, port, 'emulator'))
      else resolve(bound)
    })
  })
}

/** @returns the port that was bound, of interest when 0 asked for any. */
export async function listenHttp(server: HttpServer, port: number): Promise<number> {
  server.listen(port, LOOPBACK)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw explained(error, port, 'control endpoint')
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The control endpoint has no port.')
  return address.port
}

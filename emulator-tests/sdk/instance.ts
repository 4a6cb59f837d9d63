// One warm instance of the function `authz` in this process: its own app, its own caches, real HTTP.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type App, createApp, type Replaced } from '../../functions/src/app.ts'
import { authzRoutes } from '../../functions/src/deployment.ts'
import { httpGroup } from '../../functions/src/guard/doors/http.ts'
import { endpoints } from '../support/stack.ts'

export interface Instance {
  readonly origin: string
  readonly app: App
  readonly close: () => Promise<void>
}

const quiet: Replaced = { log: () => undefined, publish: async () => undefined }

export const authzInstance = async (projectId: string, replaced: Replaced = {}): Promise<Instance> => {
  const app = createApp(
    { GCLOUD_PROJECT: projectId, FIRESTORE_EMULATOR_HOST: endpoints.firestore },
    { ...quiet, ...replaced },
  )
  const running = {
    appOrigins: [],
    enforceAppCheck: false,
    boot: async () => ({ config: app.config, guard: app.guard }),
  }
  const handle = httpGroup('authz', await authzRoutes(app), running)
  const served = express()
  // As the framework does it: the body is kept as it came.
  served.use(express.raw({ type: () => true, limit: '1mb' }), (request, response) => {
    void handle(
      Object.assign(request, { rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) }) as never,
      response,
    )
  })
  const server = createServer(served)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    app,
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
      await app.store.close()
    },
  }
}

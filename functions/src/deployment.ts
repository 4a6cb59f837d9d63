// Turns the table of contents into deployed functions: all of them at discovery, at run time only the one that this instance serves.
import type { App } from './app.ts'
import type {
  AnyOperation,
  ScheduleDefinition,
  SubscriberDefinition,
  TaskDefinition,
  TriggerDefinition,
} from './guard/definition.ts'
import type { Running } from './guard/doors/running.ts'

type Load<Made> = () => Promise<(app: App) => Made>

/** At discovery definitions are only looked at: no room's dependency is ever called, so there is no environment to read. Cast: it stands in for one. */
const inertApp = new Proxy({}, { get: () => ({}) }) as App

/** The function of this instance (FUNCTION_TARGET); undefined at discovery and in tools, where every function is made. */
const target = process.env['FUNCTION_TARGET']

/** Express shows stacks for a body that it cannot parse, before any handler of ours, unless it is told where it is. */
process.env['NODE_ENV'] ??= 'production'

/** Creating the app first means that an unsafe environment stops the container before it listens. */
const startApp = async (): Promise<App> => {
  if (target === undefined) return inertApp
  const [{ createApp }, { redactConsole }] = await Promise.all([import('./app.ts'), import('./platform/log.ts')])
  redactConsole(console)
  return createApp(process.env)
}

const runningOf = (app: App): Running => {
  const booted = Promise.resolve({ config: app.config, guard: app.guard })
  return {
    appOrigins: (process.env['LK_APP_ORIGINS'] ?? '').split(',').filter((origin) => origin !== ''),
    enforceAppCheck: process.env['LK_ENFORCE_APP_CHECK'] === 'true' && process.env['FUNCTIONS_EMULATOR'] !== 'true',
    boot: () => booted,
  }
}

/** Groups that `POST /v1/ops/{group}/{operation}` reaches; each is loaded at its first request. */
export const operationGroups: Readonly<Record<string, Load<readonly AnyOperation[]>>> = {
  tenants: async () => (await import('./groups/tenants.ts')).operations,
  members: async () => (await import('./groups/members.ts')).operations,
  teams: async () => (await import('./groups/teams.ts')).operations,
  roles: async () => (await import('./groups/roles.ts')).operations,
  resources: async () => (await import('./groups/resources.ts')).operations,
  access: async () => (await import('./groups/access.ts')).operations,
  apiKeys: async () => (await import('./groups/credentials.ts')).keyOperations,
  signing: async () => (await import('./groups/signing.ts')).operations,
  webhooks: async () => (await import('./groups/webhooks.ts')).operations,
  jobs: async () => (await import('./groups/jobs.ts')).operations,
  audit: async () => (await import('./groups/audit.ts')).operations,
  notifications: async () => (await import('./groups/notifications.ts')).operations,
}

/** The makers that `index.ts` uses; a name other than this instance's target makes nothing and loads nothing. */
export const deployment = async () => {
  const app = await startApp()
  const running = runningOf(app)
  const wanted = (name: string): boolean => target === undefined || target === name
  return {
    callable: async (name: string, load: Load<readonly AnyOperation[]>) => {
      if (!wanted(name)) return undefined
      const { callableGroup } = await import('./guard/doors/callable.ts')
      return callableGroup(name, (await load())(app), running)
    },
    http: async (name: 'api' | 'authz' | 'oauth') => {
      if (!wanted(name)) return undefined
      const { httpGroup } = await import('./guard/doors/http.ts')
      return httpGroup(name, await routesOf[name](app), running)
    },
    scheduled: async (name: string, load: Load<ScheduleDefinition>) => {
      if (!wanted(name)) return undefined
      const { scheduleFunction } = await import('./guard/doors/background.ts')
      return scheduleFunction((await load())(app), running)
    },
    triggered: async (name: string, load: Load<TriggerDefinition>) => {
      if (!wanted(name)) return undefined
      const { triggerFunction } = await import('./guard/doors/background.ts')
      return triggerFunction((await load())(app), running)
    },
    subscribed: async (name: string, load: Load<SubscriberDefinition>) => {
      if (!wanted(name)) return undefined
      const { subscriberFunction } = await import('./guard/doors/background.ts')
      return subscriberFunction((await load())(app), running)
    },
    queued: async (name: string, load: Load<TaskDefinition>) => {
      if (!wanted(name)) return undefined
      const { taskFunction } = await import('./guard/doors/background.ts')
      return taskFunction((await load())(app), running)
    },
  }
}

const opsRoutes = (app: App) => ({
  groups: new Map(
    Object.entries(operationGroups).map(([group, load]) => [group, once(async () => (await load())(app))]),
  ),
  paths: new Map([
    ...['/v1/credentials/exchange', '/v1/leaks'].map(
      (path) =>
        [
          path,
          async () => (await import('./groups/credentials.ts')).pathOperations(app).find((one) => one.path === path),
        ] as const,
    ),
    ['/v1/audit/export', async () => (await import('./groups/audit.ts')).pathOperations(app).at(0)] as const,
  ]),
  documents: new Map(),
})

/** Operations with a path of their own. Loaded at once: this function is the hot one and nothing else is in it. */
export const authzRoutes = async (app: App) => {
  const [{ verifyOperations }, authzen, ...others] = await Promise.all([
    import('./groups/credentials.ts'),
    import('./groups/authzen.ts'),
    import('./groups/facts.ts'),
    import('./groups/changes.ts'),
  ])
  const own = others.flatMap(({ operations }) => operations(app))
  const found = [...verifyOperations(app), ...authzen.operations(app), ...own].flatMap((definition) =>
    definition.path === undefined ? [] : [[definition.path, async () => definition] as const],
  )
  return { groups: new Map(), paths: new Map(found), documents: authzen.documents(app) }
}

/** Only the key set so far. */
const oauthRoutes = async (app: App) => {
  const { documents } = await import('./groups/signing.ts')
  return { groups: new Map(), paths: new Map(), documents: documents(app) }
}

const routesOf = { api: opsRoutes, authz: authzRoutes, oauth: oauthRoutes }

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

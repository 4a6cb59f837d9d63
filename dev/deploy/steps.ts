// A deployment, step by step: what is looked up first comes before what looks it up, and nothing goes on after a failure.

export interface DeployStep {
  readonly what: string
  readonly program: 'firebase' | 'gcloud'
  readonly args: readonly string[]
}

const deploy = (project: string, what: string, only: string, ...more: readonly string[]): DeployStep => ({
  what,
  program: 'firebase',
  args: ['deploy', '--project', project, '--only', only, '--non-interactive', ...more],
})

/** Indexes before code that asks for them, and ready; those that only older code asks for go after that code. Rules before pages that rely on them. */
export const deploySteps = (project: string): readonly DeployStep[] => [
  deploy(project, 'indexes that are new', 'firestore:indexes'),
  { what: 'every index is ready', program: 'gcloud', args: ['--project', project] },
  deploy(project, 'rules', 'firestore:rules', '--force'),
  deploy(project, 'functions, with their schedules, subscriptions and queues', 'functions', '--force'),
  deploy(project, 'pages', 'hosting', '--force'),
  deploy(project, 'indexes that are gone', 'firestore:indexes', '--force'),
]

/** What lists every index with its state: those of several fields, and those of single ones. */
export const indexLists: readonly (readonly string[])[] = [
  ['firestore', 'indexes', 'composite', 'list', '--format=value(state,name)'],
  [
    ...['firestore', 'indexes', 'fields', 'list', '--flatten=indexConfig.indexes[]'],
    '--format=value(indexConfig.indexes.state,name)',
  ],
]

/** Answers whether the command came to a good end. */
export type RunStep = (step: DeployStep) => Promise<boolean>

/** The first step that failed, or undefined. */
export const runDeployment = async (
  steps: readonly DeployStep[],
  run: RunStep,
  say: (line: string) => void,
): Promise<DeployStep | undefined> => {
  for (const [index, step] of steps.entries()) {
    say(`${index + 1} of ${steps.length}: ${step.what}`)
    if (!(await run(step))) return step
  }
  return undefined
}

export interface Probe {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly status: number
  /** Headers that must be there, whatever they say. */
  readonly sends?: readonly string[]
}

/** Of a page: Hosting sends what `firebase.json` says, and the load balancer lets it through. */
const guarded = ['content-security-policy', 'strict-transport-security']

/** What must be answered, and how, when all is well. */
export const probesOf = (hosts: {
  readonly api: string
  readonly authz: string
  readonly id: string
  readonly app: string
}): readonly Probe[] => [
  { url: `${hosts.api}/v1/health`, method: 'GET', status: 200 },
  { url: `${hosts.id}/.well-known/jwks.json`, method: 'GET', status: 200 },
  { url: `${hosts.authz}/.well-known/authzen-configuration`, method: 'GET', status: 200 },
  { url: `${hosts.authz}/v1/credentials/verify`, method: 'POST', status: 401 },
  // Both origins: pages from Hosting, and calls from functions beside them.
  { url: `${hosts.id}/`, method: 'GET', status: 200, sends: guarded },
  { url: `${hosts.app}/`, method: 'GET', status: 200, sends: guarded },
  { url: `${hosts.app}/v1/credentials/verify`, method: 'POST', status: 401 },
]

/** A sentence for each answer that is not as it should be. */
export const smokeTest = async (probes: readonly Probe[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    probes.map(async ({ url, method, status, sends = [] }) => {
      const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}
      const answer = await fetch(url, { method, ...body, signal: AbortSignal.timeout(20_000) }).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.status !== status)
        return [`${method} ${url} answers ${answer?.status ?? 'nothing'} instead of ${status}`]
      return sends.filter((name) => !answer.headers.has(name)).map((name) => `${method} ${url} comes without ${name}`)
    }),
  )
  return found.flat()
}

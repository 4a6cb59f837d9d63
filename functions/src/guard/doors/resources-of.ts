// What a deployed function runs on; the manifest test asks that nothing here is left to a default.

interface Shape {
  /** Name of the service account, without the project: each function has its own (CATALOGUE I-88). */
  readonly serviceAccount: string
  /** Streams of changes last for minutes. */
  readonly streams?: boolean
  /** Background work that mostly waits for others: many at once in an instance. */
  readonly waits?: boolean | undefined
}

/** Beside the Firestore database; `firebase.json` names it, too. */
const region = 'us-central1'

const base = ({ serviceAccount }: Shape) => ({
  region,
  serviceAccount: `${serviceAccount}@`,
  cpu: 1,
  concurrency: 80,
  minInstances: 0,
  maxInstances: 100,
})

export const forRequests = (shape: Shape) => ({
  ...base(shape),
  memory: '512MiB' as const,
  timeoutSeconds: shape.streams === true ? 330 : 30,
  // Each stream holds a slot: at the peak three quarters of them are streams (docs/capacity.md).
  maxInstances: shape.streams === true ? 150 : 100,
})

/** Background work may take longer and is never reached from outside: only its invoker's service account may call it. */
export const forBackground = (shape: Shape) => ({
  ...base(shape),
  memory: '512MiB' as const,
  timeoutSeconds: 300,
  concurrency: shape.waits === true ? 40 : 1,
  maxInstances: shape.waits === true ? 25 : 10,
})

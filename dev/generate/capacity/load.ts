// What the capacity page assumes: how many there are, what they do, and what the cloud asks for it. Everything else on the page is counted or computed.

/** The platform that Latchkey is built for, from its mission. */
export const platform = {
  agencies: 100_000,
  accounts: 2_000_000,
  users: 3_000_000,
  services: 250,
  verifiedCalls: { average: 46_000, peak: 150_000 },
} as const

/** Guesses, each in one place and with its reason in `reasons.ts`: change one, run `npm run generate`, read the page anew. */
export const assumed = {
  /** Processes of each service. */
  processes: { average: 8, peak: 24 },
  /** What one process meets within a cache life of ten minutes. */
  pairsMet: { average: 1_500, peak: 3_000 },
  accountsMet: { average: 1_000, peak: 2_000 },
  credentialsMet: { average: 1_000, peak: 2_000 },
  credentialsMetInAnHour: { average: 3_000, peak: 6_000 },
  keysInUse: { average: 300_000, peak: 400_000 },
  exchangingPrograms: { average: 100_000, peak: 200_000 },
  serverChecks: { average: 500, peak: 2_000 },
  coldShare: 0.1,
  keyedShare: 0.5,
  peopleOnline: { average: 25_000, peak: 75_000 },
  pageCallSeconds: 120,
  /** A second, all tenants together. */
  changes: { average: 2, peak: 40 },
  assignmentsPerChange: 0.5,
  deliveriesPerChange: 0.5,
  mailsPerChange: 0.2,
  digestItemsPerChange: 0.2,
  endingsPerDay: 20_000,
  keysPerAccount: 0.2,
  waitingMilliseconds: 20,
  cpuMilliseconds: { fact: 3, check: 3, token: 6, page: 8, change: 20, job: 10, storeCall: 0.7 },
  instanceLifeHours: 1,
  storedEventBytes: 3_500,
  keptAuditYears: 7,
  balancedBytesOfRequest: 2_048,
  loggedBytesOfRequest: 600,
  loggedBytesOfUse: 100,
} as const

/** Of the product itself: how often its parts do what they do, in seconds; a test compares them with the code. */
export const settings = {
  /** What an SDK keeps while it hears the feed, and the life of a token that it exchanges a key for. */
  cacheLife: 600,
  /** Between two reports of a process. */
  usage: 10,
  /** A stream of changes. */
  stream: 300,
  /** The last use of a key is told once in so long by each process, and written down once in so long by all instances together. */
  useSample: 3_600,
  /** Keys of a report that are worked on at once. */
  usesAtOnce: 20,
  /** After so long a page renews its view. */
  view: 600,
  /** What is left of a view after its page was closed. */
  viewLife: 3_600,
  /** Of each five minutes the reconciler is at work for so long. */
  walking: 240,
  /** Things that it compares at once. */
  comparedAtOnce: 8,
  /** Between two writes of its place. */
  keepPlace: 10,
} as const

/** US dollars, list prices of one region (us-central1) without volume discount, free tiers left out; look them up anew before anybody signs. */
export const prices = {
  asOf: '2026-11',
  read: 0.03 / 100_000,
  write: 0.09 / 100_000,
  storedGiBMonth: 0.15,
  cpuSecond: 0.000024,
  memoryGiBSecond: 0.0000025,
  request: 0.4 / 1_000_000,
  kmsOperation: 0.03 / 10_000,
  taskOperation: 0.4 / 1_000_000,
  balancedGiB: 0.008,
  armorRequest: 0.75 / 1_000_000,
  loggedGiB: 0.5,
} as const

/** Limits of the cloud that somebody meets first; `what` of ours counts against each is in `limits.ts`. */
export const quotas = {
  documentWritesPerSecond: 1,
  sequentialWritesPerSecond: 500,
  databaseWritesPerSecond: 10_000,
  kmsSoftwarePerMinute: 60_000,
  kmsHsmAsymmetricPerMinute: 3_000,
  tasksPerSecondAndQueue: 500,
  mailsPerDay: 10_000,
  /** Our own: for so long damage that no event tells of may stay. */
  walkDays: 7,
} as const

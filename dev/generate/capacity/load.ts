// What the capacity page assumes: how many there are, what they do, and what the cloud asks for it. Everything else on the page is counted or computed.

/** The platform that Latchkey is built for, from its mission. */
export const platform = {
  agencies: 100_000,
  accounts: 2_000_000,
  users: 3_000_000,
  services: 250,
  verifiedCalls: { average: 46_000, peak: 150_000 },
} as const

/** Guesses, each in one place: change one, run `npm run generate`, read the page anew. */
export const assumed = {
  /** Processes of each service, at average load and at its peak. */
  processes: { average: 8, peak: 24 },
  /** Pairs of tenant and principal that one process meets within a cache life of ten minutes, and each tenant's part of them. */
  pairsMet: { average: 1_500, peak: 3_000 },
  accountsMet: { average: 1_000, peak: 2_000 },
  /** Credentials that one process meets for the first time in ten minutes. */
  credentialsMet: { average: 1_000, peak: 2_000 },
  /** Programs of customers that exchange their key for a token, each once in ten minutes. */
  exchangingPrograms: { average: 100_000, peak: 200_000 },
  /** Calls a second from programs without our SDK to `POST /v1/credentials/verify` and AuthZEN, and the share of them that is cold. */
  serverChecks: { average: 500, peak: 2_000 },
  coldShare: 0.1,
  /** People with an open page; each renews its view every ten minutes and calls something every two. */
  peopleOnline: { average: 25_000, peak: 75_000 },
  /** Changes a second by administrators and programs, all tenants together. */
  changes: { average: 2, peak: 40 },
  deliveriesPerChange: 0.5,
  mailsPerChange: 0.2,
  /** Of CPU per request, by the kind of work. */
  cpuMilliseconds: { fact: 3, check: 3, token: 6, page: 8, change: 20, job: 10, stream: 0 },
  storedDocumentBytes: 1_500,
  keptAuditYears: 7,
} as const

/** US dollars, list prices of one region (us-central1) without volume discount, free tiers left out; look them up anew before anybody signs. */
export const prices = {
  asOf: '2026-11',
  read: 0.03 / 100_000,
  write: 0.09 / 100_000,
  delete: 0.01 / 100_000,
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
  kmsSoftwarePerMinute: 60_000,
  kmsHsmAsymmetricPerMinute: 3_000,
  tasksPerSecondAndQueue: 500,
  mailsPerDay: 10_000,
} as const

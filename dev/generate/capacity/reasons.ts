// Every assumption of the capacity page in words, and why it is this large: what is neither counted nor computed must at least be said.
import type { assumed } from './load.ts'

interface Reason {
  readonly what: string
  readonly why: string
}

export const reasons: Readonly<Record<keyof typeof assumed, Reason>> = {
  processes: {
    what: 'processes of a service',
    why: '23 to 25 calls a second each, which a process of Node takes easily',
  },
  pairsMet: {
    what: 'tenants with a principal that a process meets in ten minutes',
    why: 'a tenth of the calls of that time: people and programs come in bursts',
  },
  accountsMet: {
    what: 'accounts that it meets in ten minutes',
    why: 'fewer than pairs: several people work at one account',
  },
  credentialsMet: { what: 'keys that it meets in ten minutes', why: 'about one for each account' },
  credentialsMetInAnHour: {
    what: 'keys that it meets in an hour',
    why: 'three times as many as in ten minutes: more than half of the programs of one stretch come in the next again',
  },
  keysInUse: {
    what: 'different keys that are used within an hour, all together',
    why: 'three of four that there are, at the peak all of them: programs synchronize at least hourly',
  },
  exchangingPrograms: {
    what: 'programs that exchange their key for a token, each once in ten minutes',
    why: 'a third to a half of the keys in use; the others are shown themselves',
  },
  serverChecks: {
    what: 'checks a second at the server, by programs without the SDK',
    why: 'a hundredth of all calls: stacks for which there is no SDK',
  },
  coldShare: { what: 'share of those that finds nothing at hand', why: 'who asks at all asks again within seconds' },
  keyedShare: {
    what: 'share of verified calls that come with a key or a token of one',
    why: 'the others are of people, whose sign-ins are recorded where they are made',
  },
  pageCallSeconds: { what: 'seconds between two calls of an open page', why: 'people read for longer than they click' },
  peopleOnline: { what: 'people with an open page', why: 'one user in a hundred, at the peak three' },
  changes: {
    what: 'changes a second by administrators and programs',
    why: 'one in ten accounts changes something each day; forty a second is an import of a large agency',
  },
  assignmentsPerChange: { what: 'of them write a role of somebody', why: 'roles are what administrators change most' },
  deliveriesPerChange: { what: 'endpoints told of a change', why: 'every second tenant with changes has an endpoint' },
  mailsPerChange: { what: 'mails for a change', why: 'few kinds are mailed at once: those of security' },
  digestItemsPerChange: {
    what: 'items of digests for a change',
    why: 'as many as mails; each is reckoned as a digest of its own',
  },
  endingsPerDay: { what: 'keys, roles and invitations that end in a day', why: 'one account in a hundred has one' },
  keysPerAccount: { what: 'API keys of an account', why: 'one in five has a program of its own' },
  waitingMilliseconds: {
    what: 'milliseconds for which a call to Firestore is waited for',
    why: 'Firestore answers reads by id and small commits in 5 to 30 ms within its region; an operation is reckoned as one call',
  },
  cpuMilliseconds: {
    what: 'milliseconds of a processor for a fact, a check, a token, a page’s call, a change, a job, and a call to Firestore',
    why: 'more than twice of what the [benchmarks](benchmarks.md) measure for a warm check over HTTP and as much as for one read; the others by their number of reads',
  },
  instanceLifeHours: {
    what: 'hours for which an instance lives',
    why: 'the platform replaces idle ones after a quarter of an hour',
  },
  storedEventBytes: {
    what: 'bytes kept of an event, its segment and their indexes',
    why: 'a test holds the documents themselves to half of it',
  },
  keptAuditYears: { what: 'years for which the audit log is kept', why: 'the longest that customers ask for' },
  balancedBytesOfRequest: {
    what: 'bytes of a request and its answer',
    why: 'a credential and the documents of one tenant',
  },
  loggedBytesOfRequest: {
    what: 'bytes logged of a request',
    why: 'a test holds our own line to half of it; the rest is what the platform adds',
  },
  loggedBytesOfUse: {
    what: 'bytes logged of a key in a report, with what was counted of it',
    why: 'its id, two counts and a time, with their names; a test holds it to that',
  },
}

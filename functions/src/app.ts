// The composition root: what every function has, put together once an instance from its environment.

import type { Instant } from '@latchkey/core/kernel/time'
import type { Purpose } from '@latchkey/core/signing/purpose'
import { policyOf, type RotationPolicy } from '@latchkey/core/signing/rotation-policy'
import { secretPolicy } from '@latchkey/core/signing/secret-versions'
import { memoryBuckets, refusedCache } from './guard/buckets.ts'
import type { GuardDependencies } from './guard/dependencies.ts'
import { jobPath } from './guard/doors/single-flight.ts'
import type { Accounts } from './platform/auth.ts'
import { firebaseAccounts } from './platform/auth.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import { type Anchors, openAnchors } from './platform/cloud/anchors.ts'
import { type Kms, openKms } from './platform/cloud/kms.ts'
import { openSecrets, type Secrets } from './platform/cloud/secrets.ts'
import { type Config, type Environment, readConfig } from './platform/config.ts'
import { type Enqueue, taskEnqueuer } from './platform/enqueue.ts'
import { invokerCheck } from './platform/invoker.ts'
import { jsonLog, type Log, seldomLog } from './platform/log.ts'
import { type SendMail, smtpMailer } from './platform/mail.ts'
import { outboundPost, type Post } from './platform/outbound/post.ts'
import { dnsResolve, type Resolve } from './platform/outbound/resolve.ts'
import { type Publish, pubSubPublisher } from './platform/publish.ts'
import { type DrawId, idDrawer, pagedRandom, type RandomBytes, systemRandom } from './platform/random.ts'
import { signedBodyCheck } from './platform/signed-body.ts'
import { clockCheck } from './platform/store/clock-check.ts'
import { readNoter } from './platform/store/note-read.ts'
import { openStore, type Store } from './platform/store/open.ts'
import { type CatalogueStore, catalogueStore } from './rooms/access/facts/catalogue-store.ts'
import { factsLoader, type LoadFacts } from './rooms/access/facts/load-facts.ts'
import { denialNoter, type NoteDenial } from './rooms/access/questions/note-denial.ts'
import { authenticateKey, stillCounts } from './rooms/credentials/use/authenticate-key.ts'
import { tokenAuthenticator } from './rooms/credentials/use/authenticate-token.ts'
import { type LeaseRate, rateLeaser } from './rooms/credentials/use/lease-rate.ts'
import { leasedRates } from './rooms/credentials/use/leased-rates.ts'
import { type NoteUse, useNoter } from './rooms/credentials/use/note-use.ts'
import type { SigningDependencies } from './rooms/signing/dependencies.ts'
import { envelopeKeeper, kmsKeeper } from './rooms/signing/ring/keepers.ts'
import { hmacKeyReader, type ReadHmacKeys, type SecretsDependencies } from './rooms/signing/secrets/hmac-keys.ts'
import { openSigning, type Signing } from './rooms/signing/signer.ts'

export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly drawId: DrawId
  readonly random: RandomBytes
  readonly log: Log
  readonly store: Store
  readonly publish: Publish
  readonly enqueue: Enqueue
  /** Undefined where no mail server is set. */
  readonly sendMail: SendMail | undefined
  /** To addresses that customers name. */
  readonly post: Post
  readonly catalogues: CatalogueStore
  readonly loadFacts: LoadFacts
  /** Shares a key's rate plan out to the processes that use it, this one among them. */
  readonly leaseRate: LeaseRate
  readonly noteUse: NoteUse
  readonly noteDenial: NoteDenial
  /** Signs tokens, and knows what they are verified with. */
  readonly signing: Signing
  /** For the room of signing keys itself: what rotates them. */
  readonly rings: SigningDependencies
  readonly kms: Kms
  /** Where seals of the audit log are kept once more. */
  readonly anchors: Anchors
  /** The keys of our own message authentication codes, and for the schedule what rotates them. */
  readonly hmacKeys: ReadHmacKeys
  readonly secrets: SecretsDependencies
  /** A sentence when the clock of this instance disagrees with the database's. */
  readonly clockFault: (now: Instant) => Promise<string | undefined>
  readonly guard: GuardDependencies
}

/** What a test or the demo seed may replace; everything else is real everywhere. */
export interface Replaced {
  readonly drawId?: DrawId
  readonly store?: Store
  readonly clock?: Clock
  readonly log?: Log
  readonly accounts?: Accounts
  readonly publish?: Publish
  readonly anchors?: Anchors
  readonly enqueue?: Enqueue
  readonly resolve?: Resolve
  /** How long keys sign, so that a test sees years of rotations. */
  readonly policyOf?: (purpose: Purpose) => RotationPolicy
  /** The database's time on the clock that replaces ours; without it a clock that was set by hand is never called wrong. */
  readonly trueTime?: (asOf: Instant) => Instant
}

/** Throws one clear sentence when the environment is unsafe (a real project with emulator settings, say). */
export const createApp = (env: Environment, replaced: Replaced = {}): App => {
  const config = readConfig(env)
  const clock = replaced.clock ?? systemClock(config.clockFile)
  const drawId = replaced.drawId ?? idDrawer(pagedRandom(systemRandom))
  const log = replaced.log ?? jsonLog((line) => void process.stdout.write(`${line}\n`))
  const store = replaced.store ?? openStore(config.projectId, clock, log)
  const catalogues = catalogueStore(store.read)
  const loadFacts = factsLoader(catalogues)
  const leaseRate = rateLeaser(store.operate)
  const noteUse = useNoter(store)
  const noteDenial = denialNoter(store.operate)
  const keys = keysOf({ config, clock, drawId, log, store }, replaced)
  const shared = {
    ...{ config, clock, drawId, log, store, random: systemRandom },
    ...{ catalogues, loadFacts, leaseRate, noteUse, noteDenial },
  }
  return {
    ...shared,
    ...keys,
    clockFault: clockCheck(store.read, jobPath('sweepExpired'), trueTimeOf(config, replaced)),
    anchors: replaced.anchors ?? openAnchors(config, clock),
    publish: replaced.publish ?? pubSubPublisher(config.projectId),
    sendMail: mailerOf(config, clock, keys.secrets.secrets),
    enqueue: replaced.enqueue ?? taskEnqueuer(config.projectId),
    post: outboundPost({ allow: config.webhookAllow, resolve: replaced.resolve ?? dnsResolve() }),
    guard: {
      ...{ ...shared, ...doorsOf({ ...shared, signing: keys.signing }, replaced) },
      ...{ platformEnds: catalogues.ends, noteRead: readNoter(store.commit) },
    },
  }
}

const mailerOf = (config: Config, clock: Clock, secrets: Secrets): SendMail | undefined =>
  config.mail === undefined ? undefined : smtpMailer(config.mail, { clock, secrets, local: config.local })

type ForDoors = Pick<App, 'config' | 'store' | 'leaseRate' | 'signing'>

/** What the guard has beside what everything has. */
const doorsOf = ({ config, store, leaseRate, signing }: ForDoors, replaced: Replaced) => ({
  authenticateKey,
  authenticateToken: tokenAuthenticator({
    issuer: config.issuer,
    audience: config.apiAudience,
    keys: { find: signing.findKey, checkSignature: signing.checkSignature },
  }),
  stillCounts,
  read: store.read,
  cache: store.cache,
  operate: store.operate,
  accounts: replaced.accounts ?? firebaseAccounts(config.projectId),
  checkInvoker: invokerCheck(config),
  checkSignedBody: signedBodyCheck(config.scannerKeys),
  buckets: memoryBuckets(),
  takeUse: leasedRates(leaseRate, idDrawer(systemRandom)()),
  refused: refusedCache(),
})

type Parts = Pick<App, 'config' | 'clock' | 'drawId' | 'log' | 'store'>

const keysOf = (parts: Parts, replaced: Replaced): Pick<App, 'rings' | 'kms' | 'signing' | 'secrets' | 'hmacKeys'> => {
  const { config, clock, log } = parts
  const kms = openKms(config, clock)
  const rings = ringsOf(parts, kms, replaced)
  const secrets = { clock, log, random: systemRandom, secrets: openSecrets(config, clock), policy: secretPolicy }
  return { rings, kms, signing: openSigning(rings), secrets, hmacKeys: hmacKeyReader(secrets) }
}

/** Beside emulators the clock is set by hand, so it is wrong on purpose. */
const trueTimeOf = (config: Config, replaced: Replaced) =>
  replaced.trueTime ?? (config.local ? undefined : (asOf: Instant) => asOf)

const ringsOf = ({ config, clock, drawId, log, store }: Parts, kms: Kms, replaced: Replaced): SigningDependencies => {
  const trueTime = trueTimeOf(config, replaced)
  return {
    ...{ clock, drawId, log, trueTime, logSeldom: seldomLog(log, clock) },
    ...{ read: store.read, cache: store.cache, commit: store.commit },
    policyOf: replaced.policyOf ?? policyOf,
    keepers: {
      access: envelopeKeeper(kms, 'access', clock),
      id: envelopeKeeper(kms, 'id', clock),
      seal: kmsKeeper(kms, 'seal'),
    },
  }
}

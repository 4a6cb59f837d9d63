// Who may what: keys, secrets, roles, accounts.
import { givenTo, type Judged, ofType, type Policy, textIn } from './plan.ts'

const daySeconds = 86_400
const secondsIn = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1] ?? Number.NaN)

export const rotation: Policy = (judged) =>
  ofType(judged, 'google_kms_crypto_key').flatMap((key) => {
    const symmetric = textIn(key, 'purpose') === 'ENCRYPT_DECRYPT'
    const rotates = secondsIn(textIn(key, 'rotation_period')) <= 90 * daySeconds
    const waits = secondsIn(textIn(key, 'destroy_scheduled_duration')) >= 7 * daySeconds
    return [
      ...(symmetric && !rotates ? [`${key.address} rotates less than every 90 days`] : []),
      ...(!symmetric && key.after['skip_initial_version_creation'] !== true
        ? [`${key.address} makes a version by itself`]
        : []),
      ...(waits ? [] : [`${key.address} can be destroyed within a week`]),
    ]
  })

const anybody = ['allUsers', 'allAuthenticatedUsers']

export const noPublicGrant: Policy = ({ resources }) =>
  resources.flatMap((one) =>
    givenTo(one).some((member) => anybody.includes(member)) ? [`${one.address} is given to anybody`] : [],
  )

const usersOf = (judged: Judged, role: RegExp): ReadonlySet<string> =>
  new Set(
    ofType(judged, 'google_kms_crypto_key_iam_member')
      .filter((grant) => role.test(textIn(grant, 'role')))
      .flatMap(givenTo),
  )

const both = (one: ReadonlySet<string>, other: ReadonlySet<string>, sentence: string): readonly string[] =>
  [...one].filter((member) => other.has(member)).map((member) => `${member} ${sentence}`)

export const keysApart: Policy = (judged) => [
  ...[...usersOf(judged, /KeyVersionKeeper/)]
    .filter((member) => !member.includes(':fn-rotate-signing-keys@'))
    .map((member) => `${member} makes versions of a key, which the rotation alone does`),
  ...both(usersOf(judged, /signer/), usersOf(judged, /KeyVersionKeeper/), 'signs with a key and makes its versions'),
  ...ofType(judged, 'google_kms_crypto_key_iam_member')
    .filter((grant) => /admin|owner|cryptoKeyEncrypterDecrypter/i.test(textIn(grant, 'role')))
    .map((grant) => `${grant.address} is more than one use of a key`),
  ...ofType(judged, 'google_project_iam_member')
    .filter((grant) => /cloudkms|secretmanager|pubsub|storage/.test(textIn(grant, 'role')))
    .map((grant) => `${grant.address} is given in the whole project instead of on one thing`),
]

const verifiers = ['fn-authz@', 'fn-oauth@']

export const verificationOpensNothing: Policy = (judged) =>
  ofType(judged, 'google_kms_crypto_key_iam_member', 'google_secret_manager_secret_iam_member')
    .filter((grant) => givenTo(grant).some((member) => verifiers.some((one) => member.includes(one))))
    .map((grant) => `${grant.address}: verification must neither sign nor read a secret`)

export const noSecretInState: Policy = (judged) => [
  ...ofType(judged, 'google_secret_manager_secret_version').map(
    ({ address }) => `${address} puts a secret into the state`,
  ),
  ...Object.keys(judged.settings)
    .filter((name) => /SECRET|PASSWORD|TOKEN|PRIVATE/.test(name))
    .map((name) => `the setting ${name} would lie in the environment of the functions`),
]

/** The golden list of grants shows every other one to a reviewer; these nobody may agree to. */
const broad =
  /^roles\/(owner|editor|viewer|browser|.*[aA]dmin|iam\.serviceAccount(TokenCreator|User|OpenIdTokenCreator)|datastore\.owner|(run|cloudfunctions)\.developer|cloudbuild\.builds\.editor|iam\.workloadIdentityUser)$/
const asAnother =
  /^roles\/(owner|editor|.*[aA]dmin|iam\.(serviceAccount(TokenCreator|OpenIdTokenCreator)|workloadIdentityUser))$/
const shutsOut = /latchkeyPeopleShutter$/

export const leastPrivilege: Policy = (judged) => [
  ...ofType(judged, 'google_service_account_key').map(({ address }) => `${address}: a service account has no key`),
  ...ofType(judged, 'google_project_iam_member', 'google_project_iam_binding')
    .filter((grant) => broad.test(textIn(grant, 'role')))
    .map((grant) => `${grant.address} gives ${textIn(grant, 'role')} in the whole project`),
  ...ofType(judged, 'google_project_iam_member')
    .filter((grant) => shutsOut.test(textIn(grant, 'role')))
    .filter((grant) => !/fn-(reconcile|run-job)@/.test(givenTo(grant).join()))
    .map((grant) => `${grant.address} may shut people out`),
  ...ofType(judged, 'google_service_account_iam_member', 'google_service_account_iam_binding')
    .filter((grant) => asAnother.test(textIn(grant, 'role')))
    .map((grant) => `${grant.address} may be another account whenever it likes`),
  ...judged.resources
    .filter(({ type }) => type.endsWith('_iam_policy'))
    .map(({ address }) => `${address} replaces every grant that others made`),
  ...judged.resources
    .filter((one) => givenTo(one).some((member) => /-compute@developer|@appspot\.gserviceaccount/.test(member)))
    .map(({ address }) => `${address} is given to a default service account`),
]

/** A text of the schema `fn-name@`: the project is added when it is deployed. */
const accountsOf = ({ endpoints }: Judged): ReadonlyMap<string, readonly string[]> => {
  const accounts = new Map<string, string[]>()
  for (const [name, { serviceAccountEmail }] of Object.entries(endpoints)) {
    const account = String(serviceAccountEmail ?? '').replace('@', '')
    accounts.set(account, [...(accounts.get(account) ?? []), name])
  }
  return accounts
}

export const oneAccountEach: Policy = (judged) => {
  const deployed = accountsOf(judged)
  const made = new Set(ofType(judged, 'google_service_account').map((one) => textIn(one, 'account_id')))
  return [
    ...[...deployed].flatMap(([account, names]) =>
      names.length > 1 ? [`${names.join(' and ')} share ${account}`] : [],
    ),
    ...[...deployed].flatMap(([account, names]) =>
      made.has(account) ? [] : [`${names.join()} has no service account ${account}`],
    ),
    ...[...made].flatMap((account) => (deployed.has(account) ? [] : [`${account} belongs to no function`])),
  ]
}

// Who opens what is wrapped, and which secrets there are: as the code needs it, and no more.
import { givenTo, ofType, type Policy, textIn } from './plan.ts'

/** Key → accounts that may open what it wrapped. */
const openers: Readonly<Record<string, readonly string[]>> = {
  envelope: ['fn-api@', 'fn-rotate-signing-keys@', 'fn-signing@'],
  webhooks: ['fn-attempt-webhooks@'],
}

export const opensItsOwn: Policy = (judged) => {
  const grants = ofType(judged, 'google_kms_crypto_key_iam_member')
    .filter((grant) => /Decrypter/.test(textIn(grant, 'role')))
    .flatMap((grant) => {
      const key = textIn(grant, 'crypto_key_id').split('/').at(-1) ?? ''
      return givenTo(grant).map((member) => ({ key, member }))
    })
  const foreign = grants.filter(({ key, member }) => !openers[key]?.some((account) => member.includes(`:${account}`)))
  const shut = Object.entries(openers).flatMap(([key, accounts]) =>
    accounts
      .filter((account) => !grants.some((one) => one.key === key && one.member.includes(`:${account}`)))
      .map((account) => `${account} cannot open ${key}`),
  )
  return [...foreign.map(({ key, member }) => `${member} opens ${key || 'an unknown key'}`), ...shut]
}

/** A job that asks for a secret that nobody made fails for ever. */
export const secretsThere: Policy = (judged) => {
  const planned = ofType(judged, 'google_secret_manager_secret').map((one) => textIn(one, 'secret_id'))
  const renewed = new Set(
    ofType(judged, 'google_secret_manager_secret_iam_member')
      .filter((grant) => textIn(grant, 'role') === 'roles/secretmanager.secretVersionManager')
      .filter((grant) => givenTo(grant).some((member) => member.includes(':fn-rotate-secrets@')))
      .map((grant) => textIn(grant, 'secret_id')),
  )
  const { renewed: ours, given } = judged.secrets
  return [
    ...[...ours, ...given].filter((name) => !planned.includes(name)).map((name) => `nobody makes the secret ${name}`),
    ...planned
      .filter((name) => ![...ours, ...given].includes(name))
      .map((name) => `nobody asks for the secret ${name}`),
    ...ours.filter((name) => !renewed.has(name)).map((name) => `nobody renews the secret ${name}`),
  ]
}

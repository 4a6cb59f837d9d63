// Every grant of a plan, and what our own roles hold: by member, without names of projects, so that a reviewer sees each change.
import { givenTo, type Judged, ofType, textIn } from './policies/plan.ts'

export type Grants = Readonly<Record<string, readonly string[]>>

const things = [
  'crypto_key_id',
  'secret_id',
  'topic',
  'subscription',
  'bucket',
  'table_id',
  'dataset_id',
  'service_account_id',
  'project',
] as const

export const grantsOf = (judged: Judged): Grants => {
  const short = shortener(judged)
  const grants = judged.resources.flatMap((one) => {
    if (!/_iam_(member|binding|policy)$/.test(one.type)) return []
    const thing = things.find((field) => textIn(one, field) !== '')
    const on = thing === undefined ? 'something unknown' : short(textIn(one, thing))
    const line = `${short(textIn(one, 'role'))} on ${on} (${one.type})`
    const members = givenTo(one).map((member) => (member.includes(':') ? short(member) : 'a sink of logs'))
    return (members.length === 0 ? ['known once it is applied'] : members).map((member) => [member, line] as const)
  })
  const roles = ofType(judged, 'google_project_iam_custom_role').flatMap((role) => {
    const permissions = role.after['permissions']
    return (Array.isArray(permissions) ? permissions : ['unknown']).map(
      (permission) => [`the role ${textIn(role, 'role_id')}`, String(permission)] as const,
    )
  })
  const byMember = Map.groupBy([...grants, ...roles], ([member]) => member)
  return Object.fromEntries(
    [...byMember]
      .map(([member, lines]) => [member, lines.map(([, line]) => line).toSorted()] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

const shortener = (judged: Judged): ((text: string) => string) => {
  const projectOf = (type: string): string => textIn(ofType(judged, type)[0] ?? none, 'project')
  const own = projectOf('google_service_account')
  const archive = projectOf('google_logging_project_bucket_config')
  return (text) =>
    text
      .replaceAll(archive, 'ARCHIVE')
      .replaceAll(own, 'PROJECT')
      .replaceAll('@PROJECT.iam.gserviceaccount.com', '@')
      .replaceAll(/\d{6,}/g, 'NUMBER')
}
const none = { type: '', address: '', after: {} }

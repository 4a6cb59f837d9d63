// Plans with a change in them, so that a policy can be seen to refuse it.
import type { Judged, PlannedResource, Site } from '../policies/plan.ts'

/** By the start of a policy's name. */
export type Seeds = Readonly<Record<string, readonly (readonly [what: string, seed: (plan: Judged) => Judged])[]>>

/** Changes every resource of a type. */
export const changed =
  (type: string, change: (after: PlannedResource['after']) => PlannedResource['after']) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: plan.resources.map((one) => (one.type === type ? { ...one, after: change(one.after) } : one)),
  })
export const setting = (type: string, fields: PlannedResource['after']) =>
  changed(type, (after) => ({ ...after, ...fields }))
export const added =
  (type: string, after: PlannedResource['after']) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: [...plan.resources, { type, address: `${type}.seeded`, after }],
  })
export const without =
  (type: string) =>
  (plan: Judged): Judged => ({
    ...plan,
    resources: plan.resources.filter((one) => one.type !== type),
  })
export const withoutRole =
  (role: string) =>
  (plan: Judged): Judged => ({ ...plan, resources: plan.resources.filter((one) => one.after['role'] !== role) })
export const deployed =
  (name: string, fields: object) =>
  (plan: Judged): Judged => ({
    ...plan,
    endpoints: { ...plan.endpoints, [name]: { ...plan.endpoints[name], ...fields } },
  })
export const filed =
  (from: string, to: string) =>
  (plan: Judged): Judged => ({
    ...plan,
    files: Object.fromEntries(Object.entries(plan.files).map(([file, text]) => [file, text.replaceAll(from, to)])),
  })
/** `firebase.json`, changed: an origin's rewrites and files. */
export const hosted =
  (name: string, change: (site: Site) => Site) =>
  (plan: Judged): Judged => ({
    ...plan,
    sites: { ...plan.sites, [name]: change(plan.sites[name] ?? { rewrites: [], files: [] }) },
  })
/** Changes a text wherever it stands in resources of a type. */
export const renamed = (type: string, from: string, to: string) =>
  changed(type, (after) => JSON.parse(JSON.stringify(after).replaceAll(from, to)) as typeof after)

export const project = 'latchkey-prod-1'
export const account = (name: string) => `serviceAccount:fn-${name}@${project}.iam.gserviceaccount.com`
export const keys = `projects/${project}/locations/us-central1/keyRings/latchkey/cryptoKeys`

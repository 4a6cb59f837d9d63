// The two origins: which of their paths are calls and which are files, the same behind the load balancer as beside emulators, and nothing beside them.
import { blockIn, blocksIn, type Judged, ofType, type PlannedResource, type Policy, type Site, textIn } from './plan.ts'

type Block = Readonly<Record<string, unknown>>
const inside = (block: Block, field: string): readonly Block[] => {
  const value = block[field]
  return Array.isArray(value) ? (value as readonly Block[]) : [] // as Terraform plans blocks
}
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])
const lastPart = (id: unknown): string =>
  String(id ?? '')
    .split('/')
    .at(-1) ?? ''

const matchersOf = (judged: Judged): readonly Block[] =>
  ofType(judged, 'google_compute_url_map').flatMap((map) => blocksIn(map, 'path_matcher'))

const covers = (wide: string, path: string): boolean => wide.endsWith('/*') && path.startsWith(wide.slice(0, -1))

/** `/below/**` of Hosting is `/below/*` of a load balancer; other patterns cannot be said to both. */
const asPath = (source: string): string => source.replace(/\/\*\*$/, '/*')
const sayable = /^(\/[A-Za-z0-9._-]+)+(\/\*)?$/

const plannedPaths = (matcher: Block): ReadonlyMap<string, string> =>
  new Map(
    inside(matcher, 'path_rule').flatMap((rule) =>
      texts(rule['paths']).map((path) => [path, lastPart(rule['service']).replace('latchkey-', '')] as const),
    ),
  )

/** Hosting goes by the order and a load balancer by the length, so no wide rewrite may stand before a narrow one; and files go first in the one, last in the other. */
const faultsOf = (name: string, { rewrites, files }: Site, planned: ReadonlyMap<string, string>): readonly string[] => {
  const here = new Map(rewrites.map(({ source, to }) => [asPath(source), to]))
  const paths = [...here.keys()]
  return [
    ...paths.filter((path) => !sayable.test(path)).map((path) => `${name}: a load balancer cannot be told of ${path}`),
    ...[...new Set([...paths, ...planned.keys()])]
      .filter((path) => here.get(path) !== planned.get(path))
      .map((path) => `${name}${path} goes to ${here.get(path)} beside emulators and to ${planned.get(path)} otherwise`),
    ...paths.flatMap((path, index) =>
      paths
        .slice(index + 1)
        .filter((later) => covers(path, later))
        .map((later) => `${name}${later} is taken by ${path} beside emulators alone`),
    ),
    ...files
      .filter((file) => [...planned.keys()].some((path) => path === file || covers(path, file)))
      .map((file) => `${name}${file} is a file beside emulators alone`),
  ]
}

export const originsAgree: Policy = (judged) => {
  const matchers = matchersOf(judged)
  const named = (name: string): Block => matchers.find((matcher) => matcher['name'] === name) ?? {}
  return [
    ...Object.entries(judged.sites).flatMap(([name, site]) => faultsOf(name, site, plannedPaths(named(name)))),
    ...matchers
      .filter((matcher) => !(String(matcher['name']) in judged.sites) && plannedPaths(matcher).size > 0)
      .map((matcher) => `${String(matcher['name'])} parts its paths, and firebase.json does not know it`),
  ]
}

/** Host → what answers where no path rule does. */
const restOf = (matcher: Block): { readonly backend: string; readonly asHost: unknown } => ({
  backend: lastPart(matcher['default_service']),
  asHost: inside(matcher, 'default_route_action').flatMap((action) => inside(action, 'url_rewrite'))[0]?.[
    'host_rewrite'
  ],
})

/** Hosting tells its sites apart by the name it is asked for, over TLS, and is asked for no other. */
const staticsFault = (judged: Judged, name: string): string | undefined => {
  const matcher = matchersOf(judged).find((one) => one['name'] === name)
  if (matcher === undefined) return `nothing answers for ${name}`
  const { backend, asHost } = restOf(matcher)
  const service = ofType(judged, 'google_compute_backend_service').find((one) => textIn(one, 'name') === backend)
  const group = service === undefined ? '' : lastPart(blockIn(service, 'backend')['group'])
  const endpoints = ofType(judged, 'google_compute_global_network_endpoint').filter(
    (one) => textIn(one, 'global_network_endpoint_group') === group,
  )
  const [endpoint] = endpoints
  if (service === undefined || endpoint === undefined || endpoints.length > 1) return `${name} has no static files`
  if (textIn(service, 'protocol') !== 'HTTPS' || endpoint.after['port'] !== 443) return `${name} asks Hosting in clear`
  if (!textIn(endpoint, 'fqdn').endsWith('.web.app')) return `${name} asks somebody else than Hosting for its files`
  return textIn(endpoint, 'fqdn') === asHost ? undefined : `Hosting does not know the files of ${name}`
}

const calledAs = (judged: Judged): readonly string[] =>
  matchersOf(judged)
    .filter((matcher) => inside(matcher, 'path_rule').some((rule) => inside(rule, 'route_action').length > 0))
    .map((matcher) => `${String(matcher['name'])} changes what functions see of a request`)

const unlogged = (one: PlannedResource): boolean => {
  const { enable, sample_rate: share } = blockIn(one, 'log_config')
  return enable !== true || !(Number(share) > 0)
}

const originHosts = ({ settings }: Judged): readonly string[] =>
  ['LK_ISSUER', 'LK_AUTHZ_ORIGIN', 'LK_APP_ORIGINS'].map((name) => String(settings[name]).replace('https://', ''))

export const oneDoor: Policy = (judged) => {
  const hosts = ofType(judged, 'google_compute_url_map').flatMap((map) =>
    blocksIn(map, 'host_rule').flatMap((rule) => texts(rule['hosts'])),
  )
  const certified = ofType(judged, 'google_compute_managed_ssl_certificate').flatMap((one) =>
    texts(blockIn(one, 'managed')['domains']),
  )
  return [
    ...Object.keys(judged.sites).flatMap((name) => staticsFault(judged, name) ?? []),
    ...calledAs(judged),
    ...hosts.filter((host) => !certified.includes(host)).map((host) => `${host} has no certificate`),
    ...originHosts(judged).flatMap((host) => (hosts.includes(host) ? [] : [`${host} is behind no load balancer`])),
    ...ofType(judged, 'google_compute_backend_service')
      .filter(unlogged)
      .map(({ address }) => `${address} logs nothing`),
  ]
}

const hostingNames = /\.(web|firebaseapp)\.app\b|\.firebaseapp\.com\b/

/** The files lie at Hosting's own address, too: whoever is lured there finds pages that nothing listens to. */
export const hostingPowerless: Policy = (judged) => {
  const origins = String(judged.settings['LK_APP_ORIGINS']).split(',')
  const believed = [
    ...Object.entries(judged.settings),
    ...ofType(judged, 'google_identity_platform_config').map(
      ({ after }) => ['sign-in', after['authorized_domains'] ?? 'the default domains .web.app'] as const,
    ),
    ...ofType(judged, 'google_apikeys_key').map(({ after }) => ['the web key', after['restrictions']] as const),
  ]
  return [
    ...believed
      .filter(([, value]) => hostingNames.test(JSON.stringify(value ?? '')))
      .map(([what]) => `${what} believes the address of Hosting`),
    ...origins.flatMap((origin) => (/^https:\/\/[a-z0-9.-]+$/.test(origin) ? [] : [`pages of ${origin} may call`])),
  ]
}

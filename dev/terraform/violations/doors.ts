// Violations of what is said of doors and origins.
import { deployed, hosted, project, renamed, type Seeds, setting, without } from './changed-plan.ts'

export const doorSeeds: Seeds = {
  'C-154 F-38': [
    ['a door that stays open', (plan) => ({ ...plan, whenClosed: plan.resources })],
    ['no door', without('google_compute_security_policy')],
    ['services that may attack', renamed('google_compute_security_policy', '"priority":900', '"priority":50')],
    ['a door that is always shut', (plan) => ({ ...plan, resources: plan.whenClosed })],
  ],
  'C-154 nobody': [
    ['a way past the load balancer', deployed('api', { ingressSettings: null })],
    [
      'a function behind none',
      deployed('seeded', { httpsTrigger: { invoker: ['public'] }, ingressSettings: 'ALLOW_INTERNAL_AND_GCLB' }),
    ],
    ['an open queue', deployed('attemptWebhooks', { taskQueueTrigger: { invoker: ['public'] } })],
    ['no Cloud Armor', setting('google_compute_backend_service', { security_policy: null })],
  ],
  'C-154 a path': [
    [
      'a path that only emulators know',
      hosted('app', ({ rewrites, files }) => ({ files, rewrites: rewrites.slice(1) })),
    ],
    ['a path that goes to another function', renamed('google_compute_url_map', '/access/*', '/accessed/*')],
    [
      'a function that another took over',
      renamed('google_compute_url_map', 'backendServices/latchkey-oauth', 'backendServices/latchkey-api'),
    ],
    [
      'a wide path before a narrow one',
      hosted('app', ({ rewrites, files }) => ({ files, rewrites: rewrites.toReversed() })),
    ],
    ['a file that is a call', hosted('id', ({ rewrites }) => ({ rewrites, files: ['/oauth/index.html'] }))],
    [
      'a pattern that a load balancer does not know',
      hosted('id', ({ rewrites, files }) => ({ files, rewrites: [...rewrites, { source: '/**/x', to: 'oauth' }] })),
    ],
  ],
  'C-154 all four': [
    ['static files of nobody', without('google_compute_global_network_endpoint')],
    ['files of another site', renamed('google_compute_global_network_endpoint', '.web.app', '-old.web.app')],
    ['files of somebody else', renamed('google_compute_global_network_endpoint', '.web.app', '.example')],
    ['files in clear', setting('google_compute_global_network_endpoint', { port: 80 })],
    ['a host without certificate', setting('google_compute_managed_ssl_certificate', { managed: [{ domains: [] }] })],
    ['a door that logs nothing', setting('google_compute_backend_service', { log_config: [{ enable: false }] })],
    [
      'an origin behind nothing',
      (plan) => ({ ...plan, settings: { ...plan.settings, LK_ISSUER: 'https://x.example' } }),
    ],
    [
      'a function that is told another host',
      renamed('google_compute_url_map', '"route_action":[]', '"route_action":[{"url_rewrite":[]}]'),
    ],
  ],
  'C-154 C-158': [
    [
      'pages at the address of Hosting that may call',
      (plan) => ({ ...plan, settings: { ...plan.settings, LK_APP_ORIGINS: `https://${project}.web.app` } }),
    ],
    ['pages of anybody that may call', (plan) => ({ ...plan, settings: { ...plan.settings, LK_APP_ORIGINS: '*' } })],
    [
      'sign-in at the address of Hosting',
      setting('google_identity_platform_config', { authorized_domains: [`${project}.firebaseapp.com`] }),
    ],
    ['sign-in at the usual addresses', setting('google_identity_platform_config', { authorized_domains: null })],
    [
      'a web key for the address of Hosting',
      renamed('google_apikeys_key', 'https://app.', `https://${project}.web.app/*","https://app.`),
    ],
  ],
}

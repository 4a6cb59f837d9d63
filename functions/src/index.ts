// The table of contents: one line per deployed function. An instance loads the modules of its own function only.
import { deployment } from './deployment.ts'

const { callable, http, scheduled, triggered, subscribed, queued } = await deployment()

export const tenants = await callable('tenants', async () => (await import('./groups/tenants.ts')).operations)
export const members = await callable('members', async () => (await import('./groups/members.ts')).operations)
export const teams = await callable('teams', async () => (await import('./groups/teams.ts')).operations)
export const roles = await callable('roles', async () => (await import('./groups/roles.ts')).operations)
export const resources = await callable('resources', async () => (await import('./groups/resources.ts')).operations)
export const access = await callable('access', async () => (await import('./groups/access.ts')).operations)
export const apiKeys = await callable('apiKeys', async () => (await import('./groups/credentials.ts')).keyOperations)
export const signing = await callable('signing', async () => (await import('./groups/signing.ts')).operations)

export const jobs = await callable('jobs', async () => (await import('./groups/jobs.ts')).operations)

export const audit = await callable('audit', async () => (await import('./groups/audit.ts')).operations)
export const notifications = await callable(
  'notifications',
  async () => (await import('./groups/notifications.ts')).operations,
)

export const webhooks = await callable('webhooks', async () => (await import('./groups/webhooks.ts')).operations)

export const api = await http('api')
export const authz = await http('authz')
export const oauth = await http('oauth')

export const sweepExpired = await scheduled('sweepExpired', async () => (await import('./groups/sweep.ts')).sweep)
export const reconcile = await scheduled('reconcile', async () => (await import('./groups/reconcile.ts')).reconciler)
export const sealAudit = await scheduled('sealAudit', async () => (await import('./groups/audit.ts')).sealing)
export const rotateSigningKeys = await scheduled(
  'rotateSigningKeys',
  async () => (await import('./groups/signing.ts')).keyRotation,
)
export const rotateSecrets = await scheduled(
  'rotateSecrets',
  async () => (await import('./groups/signing.ts')).secretRotation,
)
export const remindExpiring = await scheduled(
  'remindExpiring',
  async () => (await import('./groups/notifications.ts')).reminders,
)
export const sendDigests = await scheduled(
  'sendDigests',
  async () => (await import('./groups/notifications.ts')).digests,
)
export const onAssignmentWritten = await triggered(
  'onAssignmentWritten',
  async () => (await import('./groups/roles.ts')).grantsTrigger,
)
export const onOutboxCreated = await triggered(
  'onOutboxCreated',
  async () => (await import('./groups/events.ts')).outboxRelay,
)
export const runJob = await subscribed('runJob', async () => (await import('./groups/jobs.ts')).askedRunner)
export const runOperation = await subscribed(
  'runOperation',
  async () => (await import('./groups/long-operations.ts')).operationRunner,
)
export const deliverNotifications = await subscribed(
  'deliverNotifications',
  async () => (await import('./groups/notifications.ts')).deliverer,
)
export const deliverWebhooks = await subscribed(
  'deliverWebhooks',
  async () => (await import('./groups/webhooks.ts')).webhookDeliverer,
)
export const attemptWebhooks = await queued(
  'attemptWebhooks',
  async () => (await import('./groups/webhooks.ts')).webhookSender,
)

// Each change of a webhook, once, and of what somebody wants to be told.
import type { Actor } from '../support/world.ts'

type Step = readonly [operation: string, run: () => Promise<object>]

export const webhookChanges = (owner: Actor, tenant: string): readonly Step[] => {
  let webhook = ''
  return [
    [
      'webhooks/create',
      async () => {
        const input = { tenant, name: 'Shop', url: 'https://hooks.shop.com/in', types: ['credentials.*'] }
        const made = await owner.must('webhooks/create', input)
        webhook = made.webhook.webhook
        return made
      },
    ],
    ['webhooks/update', async () => owner.must('webhooks/update', { tenant, webhook, name: 'Till' })],
    ['webhooks/rotateSecret', async () => owner.must('webhooks/rotateSecret', { tenant, webhook })],
    ['webhooks/delete', async () => owner.must('webhooks/delete', { tenant, webhook })],
    [
      'notifications/setPreferences',
      async () => owner.must('notifications/setPreferences', { kinds: { role_changed: { mail: 'digest' } } }),
    ],
  ]
}

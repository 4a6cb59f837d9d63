// The operations of the function `webhooks`, what puts events on the lists of endpoints, and what sends them.
import type { App } from '../app.ts'
import type { AnyOperation } from '../guard/definition.ts'
import type { WebhooksDependencies } from '../rooms/webhooks/dependencies.ts'
import { secretOpener } from '../rooms/webhooks/endpoint-secret.ts'
import { createWebhook } from '../rooms/webhooks/operations/create-webhook.ts'
import { deleteWebhook } from '../rooms/webhooks/operations/delete-webhook.ts'
import { listDeliveries, listWebhooks } from '../rooms/webhooks/operations/read-webhooks.ts'
import { rotateWebhookSecret } from '../rooms/webhooks/operations/rotate-secret.ts'
import { redeliver, testWebhook } from '../rooms/webhooks/operations/send-again.ts'
import { updateWebhook } from '../rooms/webhooks/operations/update-webhook.ts'
import { attemptWebhooks } from '../rooms/webhooks/queue/attempt-webhooks.ts'
import { deliverWebhooks } from '../rooms/webhooks/queue/deliver-webhooks.ts'

const webhooksOf = (app: App): WebhooksDependencies => ({
  commit: app.store.commit,
  read: app.store.read,
  enqueue: app.enqueue,
  drawId: app.drawId,
  random: app.random,
  kms: app.kms.webhooks,
  loadFacts: app.loadFacts,
  stillCounts: app.guard.stillCounts,
  allow: app.config.webhookAllow,
})

export const operations = (app: App): readonly AnyOperation[] => {
  const dependencies = webhooksOf(app)
  return [
    ...[createWebhook, updateWebhook, rotateWebhookSecret].map((make): AnyOperation => make(dependencies)),
    ...[listWebhooks(), listDeliveries(), deleteWebhook(dependencies)],
    ...[redeliver(dependencies), testWebhook(dependencies)],
  ]
}

export const webhookDeliverer = (app: App) =>
  deliverWebhooks({ read: app.store.read, operate: app.store.operate, enqueue: app.enqueue })

export const webhookSender = (app: App) =>
  attemptWebhooks({
    read: app.store.read,
    commit: app.store.commit,
    operate: app.store.operate,
    enqueue: app.enqueue,
    drawId: app.drawId,
    clock: app.clock,
    log: app.log,
    post: app.post,
    openSecret: secretOpener(app.kms.webhooks),
    jitter: Math.random,
  })

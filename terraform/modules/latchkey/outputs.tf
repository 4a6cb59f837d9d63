output "settings" {
  description = "Settings of the functions: `.env.<project>` is written from these."
  value = merge(
    {
      LK_ISSUER        = "https://${var.hosts.id}"
      LK_AUTHZ_ORIGIN  = "https://${var.hosts.authz}"
      LK_APP_ORIGINS   = "https://${var.hosts.app}"
      LK_TRUSTED_HOPS  = tostring(module.edge.trusted_hops)
      LK_CALLABLE_HOPS = "1"
      LK_KMS_KEY_RING  = module.kms.key_ring
      LK_ANCHOR_BUCKET = module.anchors.bucket
      LK_SCANNER_KEYS  = join("\n", [for id, key in var.scanner_keys : "${id} ${key}"])

      LK_ENFORCE_APP_CHECK = tostring(var.app_check == "ENFORCED")
    },
    var.mail == null ? {} : {
      LK_SMTP_HOST     = var.mail.host
      LK_SMTP_PORT     = tostring(var.mail.port)
      LK_MAIL_FROM     = var.mail.from
      LK_MAILS_PER_DAY = tostring(var.mail.per_day)
    },
  )
}

output "address" {
  description = "What the DNS of all four hosts must name."
  value       = module.edge.address
}

output "service_accounts" {
  description = "By function."
  value       = module.functions.emails
}

output "topics" {
  description = "By topic: the functions that hear it."
  value       = module.pubsub.topics
}

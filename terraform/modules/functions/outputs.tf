output "members" {
  description = "By function: its service account, as policies name it."
  value       = { for name, email in local.emails : name => "serviceAccount:${email}" }
}

output "emails" {
  description = "By function: the mail address of its service account."
  value       = local.emails
}
